package org.etcdmirror.simulation.schedule;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A queue without a bound, whose takers wait in simulated time. */
public final class SimulatedQueue<E> extends LinkedBlockingQueue<E> {

  private static final long serialVersionUID = 1;

  public SimulatedQueue() {
    super();
  }

  @Override
  public boolean offer(E element) {
    Scheduler.current().maySwitch();
    return super.offer(element);
  }

  @Override
  public void put(E element) {
    boolean unused = offer(element);
  }

  @Override
  public E take() throws InterruptedException {
    while (true) {
      boolean unused = Scheduler.current().await(() -> !isEmpty(), Scheduler.NEVER);
      @Nullable E taken = poll();
      if (taken != null) {
        return taken;
      }
    }
  }

  @Override
  public @Nullable E poll(long timeout, TimeUnit unit) throws InterruptedException {
    Scheduler scheduler = Scheduler.current();
    boolean unused = scheduler.await(() -> !isEmpty(), scheduler.after(unit.toNanos(timeout)));
    return poll();
  }
}
