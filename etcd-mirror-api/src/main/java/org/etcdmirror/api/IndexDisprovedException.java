package org.etcdmirror.api;

/**
 * A stream told too early that it was complete through an index: an event at or below that index
 * was never delivered, or may never have been. The index that was stored meanwhile is wrong, though
 * the source's history may be whole. Only a comparison of source and sink mends this.
 *
 * <p>An event that comes twice disproves nothing: servers repeat events after a snapshot, and
 * streams begin with events that were delivered before.
 */
public final class IndexDisprovedException extends LostEventsException {

  private static final long serialVersionUID = 1L;

  private final long missed;

  /**
   * A stream found out that it was wrong.
   *
   * @param missed the index of an event that was not delivered, or the first that may not have been
   * @param confirmed the index through which the stream called itself complete
   * @param current the newest index of the source
   * @param detail what showed it, for a person
   */
  public IndexDisprovedException(long missed, long confirmed, long current, String detail) {
    super(
        "index %d was confirmed, but the event at index %d was not delivered: %s"
            .formatted(confirmed, missed, detail),
        0,
        current);
    this.missed = missed;
  }

  @Override
  public Gap.Reason reason() {
    return Gap.Reason.INDEX_DISPROVED;
  }

  /** The index of an event that was not delivered, or the first that may not have been. */
  public long missed() {
    return missed;
  }
}
