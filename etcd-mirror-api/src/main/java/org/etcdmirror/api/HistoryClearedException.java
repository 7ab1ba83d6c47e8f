package org.etcdmirror.api;

/**
 * The source no longer has all events after an index. etcd v2 keeps its last 1000 events over the
 * whole keyspace (etcd 2.0 to 3.5); etcd v3 keeps what was not compacted.
 */
public final class HistoryClearedException extends LostEventsException {

  private static final long serialVersionUID = 1L;

  /** The first index that was asked for. */
  private final long requested;

  /** Whether a client compacted it. */
  private final boolean compacted;

  /**
   * Newer events have pushed it out, as in etcd v2.
   *
   * @param requested the first index that was asked for
   * @param oldest the oldest index that is still to be had
   * @param current the newest index
   */
  public HistoryClearedException(long requested, long oldest, long current) {
    this(requested, oldest, current, false);
  }

  private HistoryClearedException(long requested, long oldest, long current, boolean compacted) {
    super(
        "history from index %d is %s: the oldest is %d, the newest %d"
            .formatted(requested, compacted ? "compacted" : "cleared", oldest, current),
        oldest,
        current);
    this.requested = requested;
    this.compacted = compacted;
  }

  /**
   * The history was compacted, as in etcd v3.
   *
   * @param requested the first index that was asked for
   * @param oldest the oldest index that is still to be had
   * @param current the newest index
   */
  public static HistoryClearedException compacted(long requested, long oldest, long current) {
    return new HistoryClearedException(requested, oldest, current, true);
  }

  /** The first index that was asked for. */
  public long requested() {
    return requested;
  }

  @Override
  public Gap.Reason reason() {
    return compacted ? Gap.Reason.HISTORY_COMPACTED : Gap.Reason.HISTORY_CLEARED;
  }
}
