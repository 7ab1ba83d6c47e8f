package org.etcdmirror.simulation.life;

import java.util.Random;
import org.etcdmirror.simulation.schedule.Scheduler;

/** Lets time pass. In a busy life the source is written to meanwhile. */
final class PassingTime {

  private static final int MOST_WRITES = 20;

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private boolean busy;
  private Runnable write = () -> {};

  PassingTime(Random random) {
    this.random = random;
  }

  /** What a busy life does whenever time passes. */
  void writes(Runnable task) {
    write = task;
  }

  void busy(boolean now) {
    busy = now;
  }

  void pass(long nanos) {
    long end = scheduler.after(nanos);
    for (int i = 0; busy && i < MOST_WRITES && scheduler.now() < end; i++) {
      await(Math.min(end, scheduler.after((long) (random.nextDouble() * LinkLife.SECOND / 2))));
      write.run();
    }
    await(end);
  }

  private void await(long end) {
    boolean unused = scheduler.waitFor(scheduler::hasFailed, end);
  }
}
