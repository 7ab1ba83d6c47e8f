package org.etcdmirror.api;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The rest of a {@link Snapshot} cannot be read at its index, as history was cleared or compacted
 * meanwhile. What was read before stands. A snapshot that {@linkplain Snapshot#isRenewable() can be
 * renewed} goes on at a newer index; any other is void.
 */
public final class SnapshotExpiredException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message one line that names what was read, and at which index
   * @param cause what the server said; null if there is nothing
   */
  public SnapshotExpiredException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
