package org.etcdmirror.spring;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The source or the sink of a link.
 *
 * @param address Where it is: v2: or v3:, then its servers as http://HOST:PORT or
 *     https://HOST:PORT, separated by commas; or v2+srv:DOMAIN or v3+srv:DOMAIN. Required, unless a
 *     bean is the side.
 * @param user The user to log in as.
 * @param password The password of the user.
 * @param passwordFile A file whose first line is the password. It is read at each login.
 * @param ssl Whom to trust, and what to show.
 */
public record SideProperties(
    @Nullable String address,
    @Nullable String user,
    @Nullable String password,
    @Nullable Path passwordFile,
    @DefaultValue Ssl ssl) {

  /**
   * Certificates: an SSL bundle, or files that are read again when they change.
   *
   * @param bundle The name of the SSL bundle to use.
   * @param caCert The certificate authorities to trust, in PEM. Default: those of the JDK.
   * @param cert The client certificate with its chain, in PEM.
   * @param key The private key of the client certificate, in PEM and not encrypted.
   */
  public record Ssl(
      @Nullable String bundle, @Nullable Path caCert, @Nullable Path cert, @Nullable Path key) {}

  /** Without the password. */
  @Override
  public String toString() {
    return "SideProperties[address=%s, user=%s]".formatted(address, user);
  }
}
