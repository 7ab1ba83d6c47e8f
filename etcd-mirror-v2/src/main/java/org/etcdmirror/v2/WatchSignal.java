package org.etcdmirror.v2;

/** What a {@link WatchLink} tells the one that follows it. */
sealed interface WatchSignal {

  /** Who says it. */
  WatchLink link();

  /** The server has taken the watch; the link knows at which index. */
  record Opened(WatchLink link) implements WatchSignal {}

  /**
   * An event.
   *
   * @param link who says it
   * @param event the event
   * @param cost what it holds of the stream's {@link Credit}
   */
  record Line(WatchLink link, V2Event event, int cost) implements WatchSignal {}

  /**
   * The server has no history from the index that was asked for.
   *
   * @param link who says it
   * @param oldest the oldest index it has; 0 if it did not say
   * @param current its newest index
   */
  record Cleared(WatchLink link, long oldest, long current) implements WatchSignal {}

  /**
   * The watch is over, whatever the reason. Never a proof that nothing happened.
   *
   * @param link who says it
   * @param cause an {@link java.io.IOException} if another watch may work, else an unchecked one
   */
  record Ended(WatchLink link, Throwable cause) implements WatchSignal {}
}
