package org.etcdmirror.api;

/**
 * The source no longer has all events after an index. etcd v2 keeps its last 1000 events over the
 * whole keyspace (etcd 2.0 to 3.5); etcd v3 keeps what was not compacted.
 */
public final class HistoryClearedException extends Exception {

  private static final long serialVersionUID = 1L;

  /** The first index that was asked for. */
  private final long requested;

  /** The oldest index that is still to be had. */
  private final long oldest;

  /** The newest index. */
  private final long current;

  /**
   * Makes the exception.
   *
   * @param requested the first index that was asked for
   * @param oldest the oldest index that is still to be had
   * @param current the newest index
   */
  public HistoryClearedException(long requested, long oldest, long current) {
    super(
        "history from index %d is cleared: the oldest is %d, the newest %d"
            .formatted(requested, oldest, current));
    this.requested = requested;
    this.oldest = oldest;
    this.current = current;
  }

  /** The first index that was asked for. */
  public long requested() {
    return requested;
  }

  /** The oldest index that is still to be had. */
  public long oldest() {
    return oldest;
  }

  /** The newest index. */
  public long current() {
    return current;
  }
}
