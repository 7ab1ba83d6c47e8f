package org.etcdmirror.simulation.schedule;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The monitors of {@code synchronized}, {@code wait} and {@code notify}. */
final class Monitors {

  private static final class Waiter {
    boolean notified;
  }

  private static final class Monitor {
    @Nullable SimulatedThread owner;
    int count;
    int interested;
    final List<Waiter> waiters = new ArrayList<>();
  }

  private final Scheduler scheduler;
  private final IdentityHashMap<Object, Monitor> monitors = new IdentityHashMap<>();

  Monitors(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  void enter(Object lock) {
    scheduler.maySwitch();
    acquire(lock, 1);
  }

  private void acquire(Object lock, int count) {
    SimulatedThread me = Scheduler.currentThread();
    Monitor monitor = monitors.computeIfAbsent(lock, unused -> new Monitor());
    if (monitor.owner == me) {
      monitor.count += count;
      return;
    }
    monitor.interested++;
    try {
      while (monitor.owner != null) {
        boolean unused = scheduler.waitFor(() -> monitor.owner == null, Scheduler.NEVER);
      }
      monitor.owner = me;
      monitor.count = count;
    } finally {
      monitor.interested--;
    }
  }

  void exit(Object lock) {
    Monitor monitor = monitors.get(lock);
    // A killed thread may leave what it never came to own.
    if (monitor == null || monitor.owner != Scheduler.currentThread()) {
      return;
    }
    monitor.count--;
    if (monitor.count == 0) {
      monitor.owner = null;
      forgetIfUnused(lock, monitor);
    }
  }

  private void forgetIfUnused(Object lock, Monitor monitor) {
    if (monitor.owner == null && monitor.interested == 0 && monitor.waiters.isEmpty()) {
      monitors.remove(lock);
    }
  }

  /** The thread ended, perhaps killed, and owns nothing any more. */
  void abandon(SimulatedThread thread) {
    for (Monitor monitor : monitors.values()) {
      if (monitor.owner == thread) {
        monitor.owner = null;
        monitor.count = 0;
      }
    }
  }

  void await(Object lock, long deadline) throws InterruptedException {
    Monitor monitor = owned(lock);
    int count = monitor.count;
    Waiter waiter = new Waiter();
    monitor.waiters.add(waiter);
    monitor.owner = null;
    monitor.count = 0;
    try {
      boolean unused = scheduler.await(() -> waiter.notified, deadline);
    } finally {
      monitor.waiters.remove(waiter);
      acquire(lock, count);
    }
  }

  void signal(Object lock) {
    Monitor monitor = owned(lock);
    List<Waiter> waiting = monitor.waiters.stream().filter(waiter -> !waiter.notified).toList();
    if (!waiting.isEmpty()) {
      waiting.get(scheduler.random().nextInt(waiting.size())).notified = true;
    }
  }

  void signalAll(Object lock) {
    owned(lock).waiters.forEach(waiter -> waiter.notified = true);
  }

  private Monitor owned(Object lock) {
    Monitor monitor = monitors.get(lock);
    if (monitor == null || monitor.owner != Scheduler.currentThread()) {
      throw new IllegalMonitorStateException("not owned: " + lock.getClass());
    }
    return monitor;
  }
}
