package org.etcdmirror.simulation.life;

import java.util.Objects;
import java.util.function.Supplier;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.jspecify.annotations.Nullable;

/** The mirrors of a link, one process after the other. */
final class LinkProcess {

  private static final long SECOND = LinkLife.SECOND;

  private final Scheduler scheduler = Scheduler.current();
  private final String name;
  private final Supplier<EtcdMirror> build;
  private int processes;
  private @Nullable SimulatedProcess process;
  private @Nullable EtcdMirror mirror;

  /**
   * Starts nothing yet.
   *
   * @param build makes the mirror, in its process
   */
  LinkProcess(String name, Supplier<EtcdMirror> build) {
    this.name = name;
    this.build = build;
  }

  /** Starts a mirror in a process of its own. One that runs still is forgotten. */
  void start() {
    begin();
    run(() -> {
      EtcdMirror built = build.get();
      mirror = built;
      try {
        built.start();
      } catch (IllegalStateException closedMeanwhile) {
        scheduler.note("not started: " + closedMeanwhile.getMessage());
      }
    });
    boolean unused = scheduler.waitFor(() -> mirror != null, scheduler.after(SECOND));
  }

  /** Begins a process in which no mirror is yet. */
  void begin() {
    SimulatedProcess next = new SimulatedProcess(name + "-" + ++processes);
    process = next;
    mirror = null;
    scheduler.note("start " + next);
  }

  /** Runs something on a thread of the present process. */
  void run(Runnable task) {
    Thread unused = thread(task);
  }

  /** The same; returns the thread. */
  Thread thread(Runnable task) {
    return scheduler.start(process(), "app-" + process(), task);
  }

  /** A mirror in the present process that is not started. */
  EtcdMirror build() {
    EtcdMirror built = build.get();
    mirror = built;
    return built;
  }

  /** The mirror of the present process; null while there is none. */
  @Nullable EtcdMirror mirror() {
    return mirror;
  }

  String name() {
    return name;
  }

  /** Whether its mirror can be called: there is one, and its threads run. */
  boolean isAwake() {
    return mirror != null && !process().isKilled() && !scheduler.isFrozen(process());
  }

  SimulatedProcess process() {
    return Objects.requireNonNull(process);
  }

  void crash() {
    scheduler.kill(process());
  }

  void restart() {
    crash();
    start();
  }

  /** Ends the mirror in an orderly way. None of its threads may be left. */
  void close() {
    EtcdMirror ending = mirror;
    if (ending == null) {
      crash();
      return;
    }
    scheduler.note("close");
    ending.close();
    SimulatedProcess over = process();
    boolean gone =
        scheduler.waitFor(() -> scheduler.threadsOf(over).isEmpty(), scheduler.after(30 * SECOND));
    if (!gone) {
      throw new SimulationException("threads are left after close: " + scheduler.threadsOf(over));
    }
  }

  void stepClock(long nanos) {
    scheduler.note("clock steps by %d s".formatted(nanos / SECOND));
    process().stepWallClock(nanos);
  }
}
