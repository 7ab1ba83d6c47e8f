package org.etcdmirror.simulation.life;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;

/** Threads of the application that call its mirror at the same time, while its life goes on. */
final class Callers {

  private static final int MOST = 4;

  /** Longer than all calls of one caller may take. */
  private static final long PATIENCE = 6_000 * LinkLife.SECOND;

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final LinkProcess link;
  private final Operator operator;
  private final StatusCheck status;
  private final SilenceCheck silence;
  private final OpenCalls calls = new OpenCalls();
  private final List<Thread> threads = new ArrayList<>();

  Callers(
      Random random,
      LinkProcess link,
      Operator operator,
      StatusCheck status,
      SilenceCheck silence) {
    this.random = random;
    this.link = link;
    this.operator = operator;
    this.status = status;
    this.silence = silence;
  }

  /** Some begin to call the present mirror. */
  void begin() {
    EtcdMirror mirror = link.mirror();
    if (mirror == null) {
      return;
    }
    for (int i = 1 + random.nextInt(MOST); i > 0; i--) {
      Random own = new Random(random.nextLong());
      threads.add(link.thread(() -> caller(own, mirror).callOften()));
    }
  }

  /** A caller in the process of the present thread. */
  Caller caller(Random own, EtcdMirror mirror) {
    return new Caller(own, mirror, calls, operator, status, silence);
  }

  /** Requires that no call lasts too long. */
  void check() {
    calls.check();
  }

  /** Waits until all have made their calls. */
  void awaitEnd() {
    boolean ended =
        scheduler.waitFor(
            () -> scheduler.hasFailed() || threads.stream().noneMatch(Thread::isAlive),
            scheduler.after(PATIENCE));
    check();
    if (!ended) {
      throw new SimulationException("callers do not end");
    }
    threads.clear();
  }
}
