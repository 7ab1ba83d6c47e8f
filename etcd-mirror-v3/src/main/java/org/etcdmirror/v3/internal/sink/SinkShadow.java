package org.etcdmirror.v3.internal.sink;

import java.util.concurrent.TimeUnit;

/**
 * A lease of the sink that stands for one of the source, and is there.
 *
 * @param sinceNanos when this process met it first: one that expired and was granted again since
 *     has lost keys, which shows when they are refreshed
 */
record SinkShadow(long seconds, long aliveNanos, long sinceNanos) {

  private static final int KEPT_FRESH = 2;
  private static final int KEPT_ALIVE = 3;

  boolean isOver(long now) {
    return now - aliveNanos >= TimeUnit.SECONDS.toNanos(seconds);
  }

  boolean isOld(long now) {
    return now - aliveNanos >= TimeUnit.SECONDS.toNanos(seconds) / KEPT_FRESH;
  }

  /** Whether it is to be kept alive by this process itself, unless it has ended. */
  boolean isDue(long now) {
    return !isOver(now) && now - aliveNanos >= TimeUnit.SECONDS.toNanos(seconds) / KEPT_ALIVE;
  }

  /** For as long as the source takes to report each of its keys. */
  boolean isUnproven(long now) {
    return now - sinceNanos <= TimeUnit.SECONDS.toNanos(seconds);
  }
}
