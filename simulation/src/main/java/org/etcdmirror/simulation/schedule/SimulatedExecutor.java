package org.etcdmirror.simulation.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** A thread for each task. */
public final class SimulatedExecutor extends AbstractExecutorService {

  private final ThreadFactory factory;
  private final List<Thread> running = new ArrayList<>();
  private boolean shutdown;

  public SimulatedExecutor(ThreadFactory factory) {
    this.factory = factory;
  }

  @Override
  public void execute(Runnable task) {
    if (shutdown) {
      throw new RejectedExecutionException("shut down");
    }
    Thread thread =
        factory.newThread(() -> {
          try {
            task.run();
          } finally {
            running.remove(Thread.currentThread());
          }
        });
    running.add(thread);
    thread.start();
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    running.forEach(Thread::interrupt);
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && running.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    Scheduler scheduler = Scheduler.current();
    return scheduler.await(running::isEmpty, scheduler.after(unit.toNanos(timeout)));
  }
}
