package org.etcdmirror.simulation.schedule;

import java.util.concurrent.Semaphore;

/** A semaphore on which threads wait in simulated time. */
public final class SimulatedSemaphore extends Semaphore {

  private static final long serialVersionUID = 1;

  public SimulatedSemaphore(int permits) {
    super(permits);
  }

  @Override
  public void acquire() throws InterruptedException {
    acquire(1);
  }

  @Override
  public void acquire(int permits) throws InterruptedException {
    while (!tryAcquire(permits)) {
      boolean unused =
          Scheduler.current().await(() -> availablePermits() >= permits, Scheduler.NEVER);
    }
  }
}
