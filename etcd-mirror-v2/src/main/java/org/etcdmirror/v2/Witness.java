package org.etcdmirror.v2;

import java.time.Duration;

/** What the watch that feeds the stream has shown: whether it can still be trusted. */
final class Witness {

  /**
   * etcd gives a watch a channel of 100 events and drops the watch without a word when it is full
   * (etcd 2.3 to 3.5). What the channel held still arrives, so a watch that was dropped has
   * delivered at least this many events since it began. That it still delivers proves nothing: the
   * channel may have been full behind what came last.
   */
  private static final int CHANNEL = 100;

  private final WatchLink link;
  private long lastIndex;
  private long lastLineNanos;
  private int lines;

  Witness(WatchLink link, long nowNanos) {
    this.link = link;
    this.lastLineNanos = nowNanos;
  }

  WatchLink link() {
    return link;
  }

  void line(long index, long nowNanos) {
    lastIndex = Math.max(lastIndex, index);
    lastLineNanos = nowNanos;
    lines++;
  }

  /** The newest index that came over this watch; 0 if none did. */
  long lastIndex() {
    return lastIndex;
  }

  boolean silentFor(Duration time, long nowNanos) {
    return !link.holdsLine() && nowNanos - lastLineNanos >= time.toNanos();
  }

  boolean mayHaveOverflowed() {
    return lines >= CHANNEL;
  }
}
