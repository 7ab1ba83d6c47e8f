package org.etcdmirror.simulation.schedule;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What runs in place of the JDK's methods of these names in the classes of a simulated life. Called
 * by rewritten bytecode only.
 */
public final class SimulatedCalls {

  /** The wall clock of each life begins here. */
  private static final Instant EPOCH = Instant.parse("2030-01-01T00:00:00Z");

  private SimulatedCalls() {}

  public static long nanoTime() {
    return Scheduler.current().tick();
  }

  public static Instant now() {
    Scheduler scheduler = Scheduler.current();
    return EPOCH.plusNanos(scheduler.now() + Scheduler.currentThread().process().wallClockOffset());
  }

  public static long currentTimeMillis() {
    return now().toEpochMilli();
  }

  public static void sleep(long millis) throws InterruptedException {
    Scheduler.current().sleep(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  public static boolean interrupted() {
    return Scheduler.currentThread().clearInterrupt();
  }

  public static boolean isAlive(Thread thread) {
    return thread instanceof SimulatedThread simulated && simulated.started && !simulated.ended;
  }

  public static void join(Thread thread) throws InterruptedException {
    boolean unused = Scheduler.current().await(() -> !isAlive(thread), Scheduler.NEVER);
  }

  public static void join(Thread thread, long millis) throws InterruptedException {
    Scheduler scheduler = Scheduler.current();
    boolean unused =
        scheduler.await(
            () -> !isAlive(thread),
            millis == 0 ? Scheduler.NEVER : scheduler.after(TimeUnit.MILLISECONDS.toNanos(millis)));
  }

  public static void enter(Object lock) {
    Scheduler.current().monitors().enter(lock);
  }

  public static void exit(Object lock) {
    Scheduler.current().monitors().exit(lock);
  }

  public static void wait(Object lock) throws InterruptedException {
    Scheduler.current().monitors().await(lock, Scheduler.NEVER);
  }

  public static void wait(Object lock, long millis) throws InterruptedException {
    Scheduler scheduler = Scheduler.current();
    scheduler
        .monitors()
        .await(
            lock,
            millis == 0 ? Scheduler.NEVER : scheduler.after(TimeUnit.MILLISECONDS.toNanos(millis)));
  }

  public static void wait(Object lock, long millis, int nanos) throws InterruptedException {
    Scheduler scheduler = Scheduler.current();
    long time = TimeUnit.MILLISECONDS.toNanos(millis) + nanos;
    scheduler.monitors().await(lock, time == 0 ? Scheduler.NEVER : scheduler.after(time));
  }

  public static void timedWait(TimeUnit unit, Object lock, long time) throws InterruptedException {
    if (time > 0) {
      Scheduler scheduler = Scheduler.current();
      scheduler.monitors().await(lock, scheduler.after(unit.toNanos(time)));
    }
  }

  public static void notify(Object lock) {
    Scheduler.current().monitors().signal(lock);
  }

  public static void notifyAll(Object lock) {
    Scheduler.current().monitors().signalAll(lock);
  }

  private static void awaitDone(Future<?> future) throws InterruptedException {
    boolean unused = Scheduler.current().await(future::isDone, Scheduler.NEVER);
  }

  private static void awaitDone(Future<?> future, long time, TimeUnit unit)
      throws InterruptedException {
    Scheduler scheduler = Scheduler.current();
    boolean unused = scheduler.await(future::isDone, scheduler.after(unit.toNanos(time)));
  }

  public static Object get(Future<?> future) throws InterruptedException, ExecutionException {
    awaitDone(future);
    return future.get();
  }

  public static Object get(Future<?> future, long time, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    awaitDone(future, time, unit);
    return future.get(0, unit);
  }

  public static Object get(CompletableFuture<?> future)
      throws InterruptedException, ExecutionException {
    awaitDone(future);
    return future.get();
  }

  public static Object get(CompletableFuture<?> future, long time, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    awaitDone(future, time, unit);
    return future.get(0, unit);
  }

  public static Object join(CompletableFuture<?> future) {
    boolean unused = Scheduler.current().waitFor(future::isDone, Scheduler.NEVER);
    return future.join();
  }

  public static ExecutorService newCachedThreadPool(ThreadFactory factory) {
    return new SimulatedExecutor(factory);
  }

  public static ScheduledExecutorService newSingleThreadScheduledExecutor(ThreadFactory factory) {
    return new SimulatedTimer(1, factory);
  }

  public static long pid(ProcessHandle real) {
    return 1;
  }

  public static UUID randomUUID() {
    Scheduler scheduler = Scheduler.current();
    return new UUID(scheduler.random().nextLong(), scheduler.random().nextLong());
  }

  public static double random() {
    return Scheduler.current().random().nextDouble();
  }

  public static int nextInt(ThreadLocalRandom real, int bound) {
    return Scheduler.current().random().nextInt(bound);
  }
}
