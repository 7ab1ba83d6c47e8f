package org.etcdmirror.simulation.schedule;

import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A thread that runs only while it holds the baton of its {@link Scheduler}. */
public final class SimulatedThread extends Thread {

  private final Scheduler scheduler;
  private final SimulatedProcess process;
  private final Runnable task;
  private final Semaphore baton = new Semaphore(0);

  /** What it waits for; null if it can go on. */
  @Nullable BooleanSupplier ready;

  long deadline;
  boolean interruptible;
  boolean started;
  boolean ended;
  private boolean interrupted;

  /** In the process of the thread that creates it. */
  public SimulatedThread(Runnable task, String name) {
    this(Scheduler.current(), Scheduler.currentThread().process(), task, name);
  }

  SimulatedThread(Scheduler scheduler, SimulatedProcess process, Runnable task, String name) {
    super(null, null, name);
    this.scheduler = scheduler;
    this.process = process;
    this.task = task;
    setDaemon(true);
  }

  public Scheduler scheduler() {
    return scheduler;
  }

  public SimulatedProcess process() {
    return process;
  }

  @Override
  public synchronized void start() {
    scheduler.started(this);
    super.start();
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // The group stands for a handler that was not set.
  public void run() {
    awaitBaton();
    try {
      if (!process.isKilled()) {
        task.run();
      }
    } catch (SimulatedKill expected) {
      // Its process is gone.
    } catch (Throwable e) {
      UncaughtExceptionHandler handler = getUncaughtExceptionHandler();
      if (handler != null && handler != getThreadGroup()) {
        handler.uncaughtException(this, e);
      } else {
        scheduler.failed(this, e);
      }
    } finally {
      scheduler.ended(this);
    }
  }

  void awaitBaton() {
    baton.acquireUninterruptibly();
  }

  void giveBaton() {
    baton.release();
  }

  boolean canRun(long now) {
    if (!started || ended || process.isFrozen(now)) {
      return false;
    }
    BooleanSupplier condition = ready;
    return condition == null
        || process.isKilled()
        || (interruptible && interrupted)
        || deadline <= now
        || condition.getAsBoolean();
  }

  /** When it may go on at the latest, if it cannot now. */
  long wakes(long now) {
    return process.isFrozen(now) ? process.frozenUntil() : deadline;
  }

  @Override
  public void interrupt() {
    interrupted = true;
  }

  @Override
  public boolean isInterrupted() {
    return interrupted;
  }

  boolean clearInterrupt() {
    boolean was = interrupted;
    interrupted = false;
    return was;
  }
}
