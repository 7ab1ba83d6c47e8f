package org.etcdmirror.api;

import java.io.IOException;

/**
 * The rest of a {@link Snapshot} cannot be read at its index, as history was cleared or compacted
 * meanwhile. What was read before stands. A snapshot that {@linkplain Snapshot#isRenewable() can be
 * renewed} goes on at a newer index; any other is void.
 */
public final class SnapshotExpiredException extends IOException {

  private static final long serialVersionUID = 1L;

  private final long index;

  /**
   * Makes the exception.
   *
   * @param message one line that names what was read, and at which index
   * @param index the index that is gone
   * @param cause what the server said; null if there is nothing
   */
  public SnapshotExpiredException(String message, long index, Throwable cause) {
    super(message, cause);
    this.index = index;
  }

  /** The index of the snapshot, which is gone. */
  public long index() {
    return index;
  }
}
