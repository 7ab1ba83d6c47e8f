package org.etcdmirror.api;

/**
 * A stream cannot bring every event after an index: the engine makes a {@link Gap} of it and asks
 * the recovery policy. It is never repeated like an {@link java.io.IOException}.
 */
public abstract sealed class LostEventsException extends Exception
    permits HistoryClearedException, IndexDisprovedException {

  private static final long serialVersionUID = 1L;

  private final long oldest;
  private final long current;

  LostEventsException(String message, long oldest, long current) {
    super(message);
    this.oldest = oldest;
    this.current = current;
  }

  /** Which kind of gap this is. */
  public abstract Gap.Reason reason();

  /** The oldest index that is still to be had; 0 if not known. */
  public final long oldest() {
    return oldest;
  }

  /** The newest index of the source when this was found. */
  public final long current() {
    return current;
  }
}
