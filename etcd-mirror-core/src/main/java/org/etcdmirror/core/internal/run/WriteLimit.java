package org.etcdmirror.core.internal.run;

import java.time.Duration;
import org.etcdmirror.core.MirrorStatus;

/**
 * Spreads the writes to the sink evenly over time. A batch is written as a whole and paid for
 * afterwards: the next one waits as long as its keys take at the limit. Unused time is not saved
 * up. Used by the applier's thread alone.
 */
public final class WriteLimit {

  /** In place of a limit. */
  public static final int NONE = Integer.MAX_VALUE;

  /** Batches are cut so that each takes a part of a second. */
  private static final int BATCHES_PER_SECOND = 5;

  private static final double NANOS_PER_SECOND = 1e9;

  private final int keysPerSecond;
  private final Shutdown shutdown;
  private final Progress progress;
  private long freeNanos = System.nanoTime();
  private Duration waited = Duration.ZERO;

  /**
   * A limit.
   *
   * @param keysPerSecond the most keys to write or delete in a second; {@link #NONE} for no limit
   */
  WriteLimit(int keysPerSecond, Shutdown shutdown, Progress progress) {
    this.keysPerSecond = keysPerSecond;
    this.shutdown = shutdown;
    this.progress = progress;
    show(false);
  }

  /** The most keys of a batch, where it may be cut. */
  public int batchKeys() {
    return keysPerSecond == NONE ? NONE : Math.max(1, keysPerSecond / BATCHES_PER_SECOND);
  }

  /**
   * Waits until the next batch may be written, but not longer than this, nor when the mirror is to
   * end. Returns whether the batch may be written.
   */
  public boolean await(Duration longest) throws InterruptedException {
    long began = System.nanoTime();
    long left = freeNanos - began;
    if (keysPerSecond == NONE || left <= 0) {
      return true;
    }
    show(true);
    shutdown.await(Duration.ofNanos(Math.min(left, longest.toNanos())));
    long now = System.nanoTime();
    waited = waited.plusNanos(now - began);
    show(freeNanos - now > 0);
    return freeNanos - now <= 0;
  }

  /**
   * So many keys were sent to the sink, whether it answered or not. Attempts of one write do not
   * add up: while a sink fails, they would keep the mirror waiting for hours after it is back.
   */
  public void spent(int keys) {
    if (keysPerSecond != NONE) {
      long next = System.nanoTime() + (long) (keys * NANOS_PER_SECOND / keysPerSecond);
      freeNanos = next - freeNanos > 0 ? next : freeNanos;
    }
  }

  private void show(boolean waits) {
    if (keysPerSecond != NONE) {
      progress.writeLimit(new MirrorStatus.WriteLimit(keysPerSecond, waits, waited));
    }
  }
}
