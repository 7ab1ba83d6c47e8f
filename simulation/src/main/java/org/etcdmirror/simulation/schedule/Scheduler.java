package org.etcdmirror.simulation.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the threads of one simulated life, one at a time, in an order drawn from one seed. Time is
 * simulated, too: when every thread waits, it jumps to the next deadline. The same seed gives the
 * same life.
 *
 * <p>A thread gives up the baton only in the calls of this package. So the state of the simulation
 * needs no locks: the baton orders all accesses.
 */
public final class Scheduler {

  /** Longer than any deadline. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final int MOST_STEPS = 3_000_000;

  /** Steps without a jump of time. A loop that does not wait takes that many. */
  private static final int MOST_STEPS_AT_ONCE = 300_000;

  private static final int REMEMBERED = 400;

  /** Real time. A thread that waits outside of the simulation would stop it. */
  private static final long PATIENCE_SECONDS = 120;

  /** So often a thread may pass a place where it could wait, without waiting. */
  private static final long MOST_PASSES = 5_000_000;

  private final Random random;
  private final List<SimulatedThread> threads = new ArrayList<>();
  private final Monitors monitors = new Monitors(this);
  private final Deque<String> trace = new ArrayDeque<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final double preemption;
  private long now = 1_000_000_000L;

  /** How often the present thread could have waited since it took the baton. */
  private long passes;

  private long steps;
  private long stepsAtOnce;
  private long traceHash;
  private @Nullable Throwable failure;
  private @Nullable Object world;

  /**
   * Creates the scheduler of one life.
   *
   * @param preemption the probability that a thread loses the baton where it need not wait
   */
  public Scheduler(long seed, double preemption) {
    this.random = new Random(seed);
    this.preemption = preemption;
  }

  /** The scheduler of the running thread. */
  public static Scheduler current() {
    return currentThread().scheduler();
  }

  /** The running thread. */
  public static SimulatedThread currentThread() {
    if (Thread.currentThread() instanceof SimulatedThread thread) {
      return thread;
    }
    throw new IllegalStateException("not a simulated thread: %s".formatted(Thread.currentThread()));
  }

  /** Attaches what the threads of this life have in common. */
  public void attach(Object shared) {
    world = shared;
  }

  /** What was attached. */
  public Object attached() {
    return Objects.requireNonNull(world, "nothing attached");
  }

  public Random random() {
    return random;
  }

  /** The simulated time in nanoseconds. */
  public long now() {
    return now;
  }

  Monitors monitors() {
    return monitors;
  }

  /** How many times a thread took the baton. */
  public long steps() {
    return steps;
  }

  /** A fingerprint of the order of all that happened. Two runs of one seed have the same. */
  public long traceHash() {
    return traceHash;
  }

  /** Adds a line to what a failure shows. */
  public void note(String line) {
    traceHash = traceHash * 31 + line.hashCode();
    trace.add("%12.6f  %s".formatted(now / 1e9, line));
    if (trace.size() > REMEMBERED) {
      trace.remove();
    }
  }

  /** The newest lines of the trace, the oldest first. */
  public List<String> trace() {
    return List.copyOf(trace);
  }

  /**
   * Runs a task as the first thread. Returns when it has ended and every other thread is gone.
   *
   * @throws SimulationException if a thread failed, none could go on, or one did not stop
   */
  public void run(Runnable task) {
    SimulatedProcess main = new SimulatedProcess("main");
    SimulatedThread first =
        new SimulatedThread(
            this,
            main,
            () -> {
              try {
                task.run();
              } catch (SimulatedKill e) {
                throw e;
              } catch (Throwable e) {
                fail(e);
              }
              endAll();
            },
            "main");
    first.start();
    first.giveBaton();
    awaitEnd();
    if (failure instanceof SimulationException known) {
      throw known;
    }
    if (failure != null) {
      throw new SimulationException("failed: " + failure, failure);
    }
  }

  private void awaitEnd() {
    boolean ended;
    try {
      ended = over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SimulationException("interrupted", e);
    }
    if (!ended) {
      StringBuilder stacks = new StringBuilder();
      for (SimulatedThread thread : List.copyOf(threads)) {
        stacks.append("\n").append(thread);
        for (StackTraceElement line : thread.getStackTrace()) {
          stacks.append("\n    at ").append(line);
        }
      }
      throw new SimulationException(
          "a thread waits outside of the simulation, or never waits:" + stacks);
    }
  }

  private void endAll() {
    for (SimulatedThread thread : threads) {
      if (thread != Thread.currentThread()) {
        thread.process().kill();
      }
    }
    // Each of them ends at its next turn.
    waitFor(() -> threads.size() == 1, NEVER);
  }

  /** Ends all threads of a process at once, as SIGKILL does. */
  public void kill(SimulatedProcess process) {
    process.kill();
    note("killed " + process);
    waitFor(() -> threads.stream().noneMatch(thread -> thread.process() == process), NEVER);
  }

  /** Stops all threads of a process for so many nanoseconds. */
  public void freeze(SimulatedProcess process, long nanos) {
    note("frozen for %.1f s: %s".formatted(nanos / 1e9, process));
    process.freeze(now, after(nanos));
  }

  /** Whether a process is frozen now. */
  public boolean isFrozen(SimulatedProcess process) {
    return process.isFrozen(now);
  }

  /** The threads of a process that have not ended. */
  public List<String> threadsOf(SimulatedProcess process) {
    return threads.stream()
        .filter(thread -> thread.process() == process)
        .map(Thread::getName)
        .toList();
  }

  /** Starts a thread in a process. */
  public SimulatedThread start(SimulatedProcess process, String name, Runnable task) {
    SimulatedThread thread = new SimulatedThread(this, process, task, name);
    thread.start();
    return thread;
  }

  void started(SimulatedThread thread) {
    thread.started = true;
    thread.deadline = NEVER;
    threads.add(thread);
  }

  void ended(SimulatedThread thread) {
    thread.ended = true;
    monitors.abandon(thread);
    threads.remove(thread);
    if (threads.isEmpty()) {
      over.countDown();
    } else {
      SimulatedThread next = pick();
      if (next == null) {
        over.countDown();
      } else {
        next.giveBaton();
      }
    }
  }

  void failed(SimulatedThread thread, Throwable e) {
    fail(new SimulationException("thread %s failed: %s".formatted(thread.getName(), e), e));
  }

  private void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    }
  }

  /** Whether a thread failed already. */
  public boolean hasFailed() {
    return failure != null;
  }

  /** Waits without regard to interrupts. Returns whether the condition holds. */
  public boolean waitFor(BooleanSupplier ready, long deadline) {
    SimulatedThread me = currentThread();
    refuseKilled(me);
    if (ready.getAsBoolean()) {
      return true;
    }
    block(me, ready, deadline, false);
    return ready.getAsBoolean();
  }

  /** Waits. Returns whether the condition holds. */
  public boolean await(BooleanSupplier ready, long deadline) throws InterruptedException {
    SimulatedThread me = currentThread();
    refuseKilled(me);
    if (me.clearInterrupt()) {
      throw new InterruptedException();
    }
    maySwitch();
    if (ready.getAsBoolean()) {
      return true;
    }
    if (deadline > now) {
      block(me, ready, deadline, true);
      if (me.clearInterrupt()) {
        throw new InterruptedException();
      }
    }
    return ready.getAsBoolean();
  }

  /** The deadline that is so many nanoseconds ahead. */
  public long after(long nanos) {
    return nanos <= 0 ? now : nanos > NEVER - now ? NEVER : now + nanos;
  }

  /** Waits so many nanoseconds. */
  public void sleep(long nanos) throws InterruptedException {
    boolean unused = await(() -> false, after(nanos));
  }

  /** Another thread may run now. */
  public void maySwitch() {
    SimulatedThread me = currentThread();
    refuseKilled(me);
    passes++;
    if (passes > MOST_PASSES) {
      passes = 0;
      throw new SimulationException("a thread never waits: " + me.getName());
    }
    if (preemption > 0 && random.nextDouble() < preemption) {
      block(me, null, NEVER, false);
    }
  }

  /** A look at the clock takes a moment, so that a loop around it ends. */
  long tick() {
    maySwitch();
    return now++;
  }

  private static void refuseKilled(SimulatedThread me) {
    if (me.process().isKilled()) {
      throw new SimulatedKill();
    }
  }

  private void block(
      SimulatedThread me, @Nullable BooleanSupplier ready, long deadline, boolean interruptible) {
    passes = 0;
    me.ready = ready;
    me.deadline = deadline;
    me.interruptible = interruptible;
    SimulatedThread next = pick();
    if (next == null) {
      throw new SimulationException("no thread can go on:" + states());
    }
    if (next != me) {
      next.giveBaton();
      me.awaitBaton();
    }
    me.ready = null;
    refuseKilled(me);
  }

  private String states() {
    StringBuilder text = new StringBuilder();
    for (SimulatedThread thread : threads) {
      text.append("\n  ").append(thread.getName()).append(" of ").append(thread.process());
      for (StackTraceElement line : thread.getStackTrace()) {
        if (line.getClassName().startsWith("org.etcdmirror")) {
          text.append("\n    at ").append(line);
        }
      }
    }
    return text.toString();
  }

  private @Nullable SimulatedThread pick() {
    steps++;
    stepsAtOnce++;
    now += 1 + random.nextInt(2_000);
    refuseEndless();
    List<SimulatedThread> able = able();
    // Where a freeze ends, a thread may still have to wait.
    while (able.isEmpty()) {
      long next =
          threads.stream()
              .filter(thread -> thread.started)
              .mapToLong(thread -> thread.wakes(now))
              .min()
              .orElse(NEVER);
      if (next == NEVER) {
        return null;
      }
      now = Math.max(now, next);
      stepsAtOnce = 0;
      able = able();
    }
    SimulatedThread chosen = able.get(random.nextInt(able.size()));
    traceHash = traceHash * 31 + chosen.getName().hashCode();
    return chosen;
  }

  private List<SimulatedThread> able() {
    List<SimulatedThread> found = new ArrayList<>();
    for (SimulatedThread thread : threads) {
      if (thread.canRun(now)) {
        found.add(thread);
      }
    }
    // Threads of killed processes end first.
    List<SimulatedThread> killed =
        found.stream().filter(thread -> thread.process().isKilled()).toList();
    return killed.isEmpty() ? found : killed;
  }

  private void refuseEndless() {
    if ((steps > MOST_STEPS || stepsAtOnce > MOST_STEPS_AT_ONCE) && failure == null) {
      fail(
          new SimulationException(
              "endless: %d steps, %d of them without a wait:%s"
                  .formatted(steps, stepsAtOnce, states())));
      threads.stream()
          .map(SimulatedThread::process)
          .distinct()
          .sorted(Comparator.comparing(SimulatedProcess::toString))
          .forEach(SimulatedProcess::kill);
    }
  }
}
