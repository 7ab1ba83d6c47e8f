package org.etcdmirror.api;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The rest of a {@link Snapshot} cannot be read at its index, because history was cleared or
 * compacted meanwhile. The entries that were read before are valid. A snapshot that {@linkplain
 * Snapshot#isRenewable() can be renewed} continues at a newer index. Any other must be read again
 * from the beginning.
 */
public final class SnapshotExpiredException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message one line that names what was read, and at which index
   * @param cause the server's error; null if there is none
   */
  public SnapshotExpiredException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
