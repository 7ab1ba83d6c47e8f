package org.etcdmirror.v2.internal.watch;

import java.time.Duration;

/** Decides whether the watch that feeds the stream can still be trusted. */
final class Witness {

  /**
   * etcd gives a watch a channel of 100 events and drops the watch without a word when it is full
   * (etcd 2.3 to 3.5). What the channel held still arrives, so a watch that was dropped has
   * delivered at least this many events since it was last known to be whole. That it still delivers
   * proves nothing: the channel may have been full behind what came last.
   */
  private static final int CHANNEL = 100;

  private final WatchLink link;
  private long lastIndex;
  private long headSeen;
  private long bytes;
  private long lastByteNanos;
  private int lines;
  private int linesWhenWhole;
  private long pendingHeader = Long.MAX_VALUE;
  private int linesAtPending;

  Witness(WatchLink link, long nowNanos) {
    this.link = link;
    this.headSeen = link.headerIndex();
    this.bytes = link.received();
    this.lastByteNanos = nowNanos;
  }

  WatchLink link() {
    return link;
  }

  void line(long index, long nowNanos) {
    lastIndex = Math.max(lastIndex, index);
    headSeen = Math.max(headSeen, index);
    lastByteNanos = nowNanos;
    lines++;
    if (lastIndex > pendingHeader) {
      whole(linesAtPending);
    }
  }

  /** Looks whether bytes have come since the last time. */
  void look(long nowNanos) {
    long now = link.received();
    if (now != bytes) {
      bytes = now;
      lastByteNanos = nowNanos;
    }
  }

  /** The time of the last received byte. */
  long lastByteNanos() {
    return lastByteNanos;
  }

  /** The newest index that came over this watch; 0 if none did. */
  long lastIndex() {
    return lastIndex;
  }

  /** The number of events of this watch. */
  int lines() {
    return lines;
  }

  /** The newest index that this watch's server is known to have had. */
  long headSeen() {
    return headSeen;
  }

  /**
   * This watch's server told its index in answer to a question.
   *
   * @param index that index
   * @param linesWhenAsked how many events had come over this watch before the question was sent
   */
  void headSeen(long index, int linesWhenAsked) {
    headSeen = Math.max(headSeen, index);
    if (lastIndex > index) {
      whole(linesWhenAsked);
    } else {
      pendingHeader = index;
      linesAtPending = linesWhenAsked;
    }
  }

  /**
   * The server had not dropped this watch when it answered a question that was sent when so many
   * events had come. If it dropped it later, a full channel came over it since.
   */
  void whole(int linesWhenAsked) {
    linesWhenWhole = Math.max(linesWhenWhole, linesWhenAsked);
    pendingHeader = Long.MAX_VALUE;
  }

  /** Whether not a byte came for so long, though there was room for what might come. */
  boolean silentFor(Duration time, long nowNanos) {
    return !link.holdsLine() && nowNanos - lastByteNanos >= time.toNanos();
  }

  boolean mayHaveOverflowed() {
    return lines - linesWhenWhole >= CHANNEL;
  }
}
