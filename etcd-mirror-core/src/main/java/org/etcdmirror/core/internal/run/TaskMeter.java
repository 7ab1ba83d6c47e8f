package org.etcdmirror.core.internal.run;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.core.TaskProgress;
import org.etcdmirror.core.TaskProgress.Step;
import org.jspecify.annotations.Nullable;

/**
 * Measures how far a task is. The thread of the task counts, without a lock and without a look at
 * the clock. The lock of {@link Progress} guards what its readers remember.
 */
public final class TaskMeter {

  /** One step. Only the thread of the task changes it. */
  private static final class Count {

    private final Step step;
    private final long attemptNanos;
    private final long stepNanos;
    private final AtomicLong done = new AtomicLong();
    private volatile long expected;

    Count(Step step, long expected, long attemptNanos, long stepNanos) {
      this.step = step;
      this.expected = expected;
      this.attemptNanos = attemptNanos;
      this.stepNanos = stepNanos;
    }
  }

  private volatile @Nullable Count current;
  private volatile long written;
  private volatile long deleted;

  /** What the readers have measured. */
  private @Nullable Count measured;

  private RecentRate rate = new RecentRate(0);

  /**
   * A step begins.
   *
   * @param expected how many entries it has; 0 if that is not known yet
   * @param nanos when it began, by {@link System#nanoTime()}
   */
  public void begins(Step step, long expected, long nanos) {
    Count before = current;
    current = new Count(step, expected, before == null ? nanos : before.attemptNanos, nanos);
  }

  /** An entry was read, of so many as far as known. */
  public void read(OptionalLong expected) {
    Count count = current;
    if (count != null) {
      count.done.incrementAndGet();
      expected.ifPresent(entries -> count.expected = entries);
    }
  }

  /** So much was written and deleted in all attempts. */
  public void wrote(long nowWritten, long nowDeleted) {
    Count count = current;
    if (count != null && count.step == Step.DELETE) {
      count.done.addAndGet(nowDeleted - deleted);
    }
    written = nowWritten;
    deleted = nowDeleted;
  }

  /** The task, or this attempt, has ended. */
  public void ends() {
    current = null;
  }

  /** How far it is; null if nothing is done. For one reader at a time. */
  @Nullable TaskProgress now() {
    return current == null ? null : now(System.nanoTime());
  }

  /** The same at a time by {@link System#nanoTime()}. */
  @Nullable TaskProgress now(long nanos) {
    Count count = current;
    return count == null ? null : progress(count, nanos);
  }

  private TaskProgress progress(Count count, long nanos) {
    if (count != measured) {
      measured = count;
      rate = new RecentRate(count.stepNanos);
    }
    long done = count.done.get();
    long expected = count.expected == 0 ? 0 : Math.max(done, count.expected);
    rate.observe(done, nanos);
    return new TaskProgress(
        count.step,
        done,
        expected,
        written,
        deleted,
        Duration.ofNanos(nanos - count.attemptNanos),
        rate.perSecond(),
        expected == 0 ? null : rate.timeFor(expected - done));
  }
}
