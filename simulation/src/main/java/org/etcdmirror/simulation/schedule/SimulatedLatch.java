package org.etcdmirror.simulation.schedule;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A latch on which threads wait in simulated time. */
public final class SimulatedLatch extends CountDownLatch {

  public SimulatedLatch(int count) {
    super(count);
  }

  @Override
  public void await() throws InterruptedException {
    boolean unused = Scheduler.current().await(() -> getCount() == 0, Scheduler.NEVER);
  }

  @Override
  public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
    Scheduler scheduler = Scheduler.current();
    return scheduler.await(() -> getCount() == 0, scheduler.after(unit.toNanos(timeout)));
  }
}
