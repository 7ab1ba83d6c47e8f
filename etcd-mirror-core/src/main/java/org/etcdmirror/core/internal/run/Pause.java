package org.etcdmirror.core.internal.run;

import java.time.Duration;

/**
 * A person's wish that nothing be written. The applier, which alone writes, looks for it between
 * two works and between two batches of a resync, says that it stands, and waits for the end.
 */
public final class Pause {

  private boolean wanted;

  /** Whether the mirror has begun and has not ended. */
  private boolean running;

  /** Whether the applier looks for the wish at all. */
  private boolean heeded;

  /** Whether the applier has seen the wish, and writes nothing until its end. */
  private boolean standing;

  /** Whether the applier holds until it notices the end of the wish. */
  private boolean holding;

  private boolean over;

  /** Wakes the applier. */
  private volatile Runnable waker = () -> {};

  /** Has the applier woken when a wish begins. */
  public void wakes(Runnable applier) {
    waker = applier;
  }

  /**
   * The mirror begins.
   *
   * @param heeds whether it looks for the wish
   */
  public synchronized void begun(boolean heeds) {
    running = true;
    heeded = heeds;
  }

  /** An applier that has not noticed the end of the wish before stands still. */
  public void begin() {
    synchronized (this) {
      wanted = true;
      if (holding) {
        stands();
      }
    }
    waker.run();
  }

  public synchronized void end() {
    wanted = false;
    standing = false;
    notifyAll();
  }

  /** Whether a person wishes it, also while no mirror runs. */
  public synchronized boolean isAsked() {
    return wanted;
  }

  public synchronized boolean isWanted() {
    return wanted && heeded && !over;
  }

  /** The applier has seen the wish, if it is still there, and writes nothing until its end. */
  public synchronized void stands() {
    standing = isWanted();
    notifyAll();
  }

  /**
   * Waits until nothing is written any more, but not longer than this.
   *
   * @return whether that is so: the applier stands, or the mirror does not run
   */
  public synchronized boolean awaitStopped(Duration timeout) throws InterruptedException {
    TimedWait.until(this, () -> !wanted || !running || standing, timeout);
    return standing || !running;
  }

  /**
   * The applier has seen the wish, and waits for its end, but not longer than this. It holds until
   * this returns true, or until {@link #leaves}, whatever it does in between.
   *
   * @return whether the end has come
   */
  public synchronized boolean awaitEnd(Duration timeout) throws InterruptedException {
    stands();
    holding = true;
    boolean ended = TimedWait.until(this, () -> !isWanted(), timeout);
    holding = !ended;
    return ended;
  }

  /** The applier does not hold any more; after a failure the wish may last. */
  public synchronized void leaves() {
    holding = false;
    standing = false;
  }

  /** The mirror is to end: the applier does not wait any more. */
  public synchronized void over() {
    over = true;
    notifyAll();
  }

  /** The mirror has ended, and writes nothing any more. */
  public synchronized void ended() {
    running = false;
    notifyAll();
  }
}
