package org.etcdmirror.v2.internal.watch;

import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Event;

/** A message to the mailbox of the follower. */
public sealed interface WatchSignal {

  /** A message of a {@link WatchLink}. */
  sealed interface OfWatch extends WatchSignal {

    /** The sender. */
    WatchLink link();
  }

  /** The server has taken the watch; the link knows at which index. */
  record Opened(WatchLink link) implements OfWatch {}

  /**
   * An event.
   *
   * @param link who says it
   * @param event the event
   * @param cost what it holds of the stream's {@link Credit}
   */
  record Line(WatchLink link, V2Event event, int cost) implements OfWatch {}

  /**
   * The server has no history from the index that was asked for.
   *
   * @param link who says it
   * @param oldest the oldest index it has; 0 if it did not say
   * @param current its newest index
   */
  record Cleared(WatchLink link, long oldest, long current) implements OfWatch {}

  /**
   * After {@link WatchLink#endOutput} the server ended the watch in good order: all that it wrote
   * has come.
   */
  record Drained(WatchLink link) implements OfWatch {}

  /**
   * The watch is over for any other reason. Never a proof that nothing happened.
   *
   * @param link who says it
   * @param cause an {@link java.io.IOException} if another watch may work, else an unchecked one
   */
  record Ended(WatchLink link, Throwable cause) implements OfWatch {}

  /** A look into history brought this. */
  record Looked(HistoryProbe probe, HistoryLook.Match match) implements WatchSignal {}

  /**
   * A look into history failed.
   *
   * @param probe which one
   * @param cause a {@link V2ErrorException} if the server refused; an unchecked one if another look
   *     would fare no better
   */
  record LookFailed(HistoryProbe probe, Throwable cause) implements WatchSignal {}
}
