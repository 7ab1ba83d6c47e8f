package org.etcdmirror.simulation.life;

import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.simulation.model.Network;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.jspecify.annotations.Nullable;

/**
 * The life of one link: random writes, bursts that outrun history, faults, crashes and
 * replacements, and at last peace, in which both sides must become equal.
 */
abstract class LinkLife implements Runnable {

  static final String SCOPE = "/conf";
  static final long SECOND = 1_000_000_000L;

  private static final String LINK = "life";

  /** A mirror that has nothing to write looks at both clusters as often. */
  private static final long NOTICED_WITHIN = 60 * SECOND;

  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private final Scheduler scheduler = Scheduler.current();
  private final Random random = new Random(scheduler.random().nextLong());
  private final Network network = new Network(scheduler);
  private final Side source;
  private final Side sink;

  /** When a cluster was replaced for the last time. */
  private long replacedAt;

  private final ExpiryPolicy expiries =
      random.nextInt(3) == 0 ? ExpiryPolicy.COPY : ExpiryPolicy.FOLLOW_SOURCE;

  private int processes;
  private @Nullable SimulatedProcess process;
  private @Nullable EtcdMirror mirror;

  LinkLife(boolean fromV2, boolean toV2) {
    this.source = side(fromV2, "source", 1);
    this.sink = side(toV2, "sink", 1_000);
    source.isSource();
  }

  private Side side(boolean isV2, String name, long id) {
    return isV2
        ? new V2Side(network, random, name, id, this::pass)
        : new V3Side(network, random, name, id, this::pass);
  }

  @Override
  public void run() {
    network.faults().requests(chance(0.03), chance(0.02), chance(0.05), chance(0.1));
    network.faults().streams(chance(0.02));
    for (int i = random.nextInt(20); i > 0; i--) {
      source.write();
    }
    startMirror();
    int steps = 10 + random.nextInt(60);
    for (int step = 0; step < steps && !scheduler.hasFailed(); step++) {
      step();
      checkStatus();
    }
    endInPeace();
  }

  private double chance(double most) {
    return random.nextBoolean() ? 0 : random.nextDouble() * most;
  }

  private void step() {
    int dice = random.nextInt(100);
    if (dice < 45) {
      source.write();
    } else if (dice < 50) {
      sink.writeBeside();
    } else if (dice < 75) {
      pass((long) (random.nextDouble() * random.nextDouble() * 30 * SECOND));
    } else if (dice < 80) {
      source.burst();
    } else if (dice < 85) {
      crash();
      startMirror();
    } else if (dice < 88) {
      closeMirror();
      startMirror();
    } else if (dice < 90) {
      pauseForAWhile();
    } else if (dice < 94) {
      (random.nextBoolean() ? source : sink).trouble();
    } else if (dice < 95) {
      stepClock();
    } else if (dice < 97) {
      approveIfAsked();
    } else {
      (dice == 97 ? sink : source).replace();
      replacedAt = scheduler.now();
    }
    reviveIfFenced();
  }

  private void pass(long nanos) {
    boolean unused = scheduler.waitFor(scheduler::hasFailed, scheduler.after(nanos));
  }

  private void startMirror() {
    SimulatedProcess next = new SimulatedProcess("mirror-" + ++processes);
    process = next;
    mirror = null;
    scheduler.note("start " + next);
    scheduler.start(
        next,
        "app-" + processes,
        () -> {
          EtcdMirror built =
              EtcdMirror.builder()
                  .link(LINK)
                  .source(source.source())
                  .sink(sink.sink())
                  .scope(MirrorScope.of(SCOPE))
                  .expiryPolicy(expiries)
                  .build();
          built.start();
          mirror = built;
        });
    boolean unused = scheduler.waitFor(() -> mirror != null, scheduler.after(SECOND));
  }

  private void crash() {
    scheduler.kill(Objects.requireNonNull(process));
  }

  private void closeMirror() {
    EtcdMirror ending = mirror;
    if (ending == null) {
      crash();
      return;
    }
    scheduler.note("close");
    ending.close();
    SimulatedProcess over = Objects.requireNonNull(process);
    boolean gone =
        scheduler.waitFor(() -> scheduler.threadsOf(over).isEmpty(), scheduler.after(30 * SECOND));
    require(gone, "threads are left after close: " + scheduler.threadsOf(over));
  }

  private void pauseForAWhile() {
    EtcdMirror paused = mirror;
    if (paused != null) {
      boolean stopped = paused.pause();
      scheduler.note("paused: " + stopped);
      pass(SECOND * random.nextInt(20));
      source.write();
      paused.resume();
    }
  }

  private void stepClock() {
    long by = SECOND * (random.nextInt(7200) - 3600);
    scheduler.note("clock steps by %d s".formatted(by / SECOND));
    Objects.requireNonNull(process).stepWallClock(by);
  }

  private void approveIfAsked() {
    EtcdMirror asking = mirror;
    PendingApproval pending = asking == null ? null : asking.status().pending();
    if (asking != null && pending != null) {
      scheduler.note("approve: " + pending.reason());
      try {
        asking.approve(pending.token());
      } catch (IllegalStateException e) {
        scheduler.note("not approved: " + e.getMessage());
      }
    }
  }

  /** A late write of the index may end a run as another mirror would; the next one goes on. */
  private void reviveIfFenced() {
    EtcdMirror known = mirror;
    if (known != null && known.status().state() == MirrorState.FAILED) {
      Throwable failure = known.failure().orElseThrow();
      scheduler.note("failed: " + failure);
      if (!(failure instanceof FencedException)) {
        throw new SimulationException("failed: " + failure, failure);
      }
      crash();
      startMirror();
    }
  }

  private void endInPeace() {
    network.faults().end();
    source.calm();
    sink.calm();
    scheduler.note("peace");
    pass(60 * SECOND);
    source.writeLast();
    long deadline = scheduler.after(PATIENCE.toNanos());
    while (scheduler.now() < deadline && !scheduler.hasFailed()) {
      EtcdMirror known = Objects.requireNonNull(mirror);
      approveIfAsked();
      reviveIfFenced();
      if (isEqual() && isLevel(known.status())) {
        checkStatus();
        closeMirror();
        return;
      }
      pass(SECOND);
    }
    if (!scheduler.hasFailed()) {
      throw new SimulationException(
          "not equal after %s: source %s at %d, sink %s, status %s"
              .formatted(
                  PATIENCE,
                  source.entries(),
                  source.index(),
                  sink.entries(),
                  Objects.requireNonNull(mirror).status()));
    }
  }

  private boolean isLevel(MirrorStatus status) {
    return status.state() == MirrorState.FOLLOWING
        && status.caughtUp()
        && status.index() >= source.index();
  }

  private boolean isEqual() {
    boolean both = source.hasDirectories() && sink.hasDirectories();
    return both ? source.entries().equals(sink.entries()) : source.values().equals(sink.values());
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new SimulationException(otherwise);
    }
  }

  /** A copy that goes by itself may go while its source is being prolonged. */
  private boolean mayExpireEarlier() {
    return expiries == ExpiryPolicy.COPY && (source.expires() || sink.expires());
  }

  /** What the status says must be true. */
  private void checkStatus() {
    EtcdMirror known = mirror;
    if (known == null) {
      return;
    }
    long before = source.index();
    MirrorStatus status = known.status();
    if (status.state() == MirrorState.FOLLOWING
        && status.caughtUp()
        && status.index() == before
        && source.index() == before
        && status.suspects() == null
        && !mayExpireEarlier()
        && scheduler.now() - replacedAt > NOTICED_WITHIN) {
      require(
          isEqual(),
          "says that it is level, and is not: %s; source %s, sink %s"
              .formatted(status, source.entries(), sink.entries()));
    }
  }
}
