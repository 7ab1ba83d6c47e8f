package org.etcdmirror.api;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who the mirror is to one side, and whom it trusts there. The files are read when they are needed
 * and again when they change, so that passwords and certificates can be exchanged under a running
 * mirror.
 *
 * @param user the name to log in with; null for none
 * @param passwordFile the file with the password on its first line; needed if there is a user
 * @param caCert PEM certificates to trust; null for those of the JDK
 * @param cert the PEM certificate, with its chain, to show to the server; null for none
 * @param key the PEM private key that belongs to {@code cert}; needed if there is one
 */
public record Access(
    @Nullable String user,
    @Nullable Path passwordFile,
    @Nullable Path caCert,
    @Nullable Path cert,
    @Nullable Path key) {

  /** Nobody in particular, trusting what the JDK trusts. */
  public static final Access ANONYMOUS = new Access(null, null, null, null, null);

  /** Refuses one half of what only works as a pair. */
  public Access {
    if ((user == null) != (passwordFile == null)) {
      throw new IllegalArgumentException("a user needs a password file, and the other way round");
    }
    if ((cert == null) != (key == null)) {
      throw new IllegalArgumentException("a certificate needs its key, and the other way round");
    }
  }
}
