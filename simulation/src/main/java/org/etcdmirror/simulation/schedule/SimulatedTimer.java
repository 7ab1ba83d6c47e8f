package org.etcdmirror.simulation.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs delayed and repeated tasks on one simulated thread, which starts with the first task. */
public final class SimulatedTimer extends ScheduledThreadPoolExecutor {

  private static final class Job<V> extends FutureTask<V> implements ScheduledFuture<V> {

    private final long period;
    private long due;

    Job(Callable<V> task, long due, long period) {
      super(task);
      this.due = due;
      this.period = period;
    }

    /** Returns whether it is to be run again. */
    boolean turn() {
      if (period == 0) {
        run();
        return false;
      }
      boolean again = runAndReset();
      due = Scheduler.current().after(period);
      return again;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - Scheduler.current().now(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  private final ThreadFactory factory;
  private final List<Job<?>> jobs = new ArrayList<>();
  private @Nullable Thread thread;
  private boolean shutdown;

  public SimulatedTimer(int threads, ThreadFactory factory) {
    super(0, factory);
    this.factory = factory;
  }

  private <V> Job<V> add(Job<V> job) {
    if (shutdown) {
      throw new RejectedExecutionException("shut down");
    }
    jobs.add(job);
    if (thread == null) {
      thread = factory.newThread(this::work);
      thread.start();
    }
    return job;
  }

  private void work() {
    Scheduler scheduler = Scheduler.current();
    while (!shutdown) {
      jobs.removeIf(FutureTask::isCancelled);
      @Nullable Job<?> next =
          jobs.stream().min(Comparator.comparingLong(job -> job.due)).orElse(null);
      if (next == null) {
        boolean unused = scheduler.waitFor(() -> shutdown || !jobs.isEmpty(), Scheduler.NEVER);
      } else if (next.due > scheduler.now()) {
        int known = jobs.size();
        boolean unused =
            scheduler.waitFor(
                () -> shutdown || next.isCancelled() || jobs.size() != known, next.due);
      } else if (!next.turn()) {
        jobs.remove(next);
      }
    }
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    return add(new Job<>(task, Scheduler.current().after(unit.toNanos(delay)), 0));
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return schedule(java.util.concurrent.Executors.callable(task), delay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initial, long delay, TimeUnit unit) {
    return add(
        new Job<>(
            java.util.concurrent.Executors.callable(task),
            Scheduler.current().after(unit.toNanos(initial)),
            unit.toNanos(delay)));
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    jobs.clear();
    if (thread != null) {
      thread.interrupt();
    }
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }
}
