package org.etcdmirror.simulation.life;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.simulation.model.Network;
import org.etcdmirror.simulation.model.V2Cluster;
import org.etcdmirror.simulation.model.V2Member;
import org.etcdmirror.simulation.model.V2Store;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;
import org.jspecify.annotations.Nullable;

/**
 * The life of one link from a v2 cluster to another: random writes, bursts that outrun history,
 * faults, crashes and replacements, and at last peace, in which both sides must become equal.
 */
public final class V2Life implements Runnable {

  private static final String SCOPE = "/conf";
  private static final String OWN = "/__replication";
  private static final String LINK = "life";
  private static final long SECOND = 1_000_000_000L;
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private final Scheduler scheduler = Scheduler.current();
  private final Random random = new Random(scheduler.random().nextLong());
  private final Network network = new Network(scheduler);
  private final V2Cluster source = new V2Cluster(network, "source", 1, 1 + random.nextInt(3));
  private final V2Cluster sink = new V2Cluster(network, "sink", 1_000, 1 + random.nextInt(3));
  private final List<V2Store> backups = new ArrayList<>();
  private int values;
  private int processes;
  private long nextId = 2;
  private @Nullable SimulatedProcess process;
  private @Nullable EtcdMirror mirror;

  @Override
  public void run() {
    sink.onMirrorWrite(
        key ->
            require(
                V2Store.covers(SCOPE, key) || V2Store.covers(OWN, key),
                "a key beside the scope was written: " + key));
    source.onMirrorWrite(key -> require(false, "the source was written: " + key));
    begin();
    int steps = 10 + random.nextInt(60);
    for (int step = 0; step < steps && !scheduler.hasFailed(); step++) {
      step();
      checkStatus();
    }
    endInPeace();
  }

  private void begin() {
    network.faults().requests(chance(0.03), chance(0.02), chance(0.05), chance(0.1));
    network.faults().streams(chance(0.02));
    for (V2Member member : source.members()) {
      member.lag(lag());
    }
    for (V2Member member : sink.members()) {
      member.lag(lag());
    }
    for (int i = random.nextInt(20); i > 0; i--) {
      writeToSource();
    }
    startMirror();
  }

  private double chance(double most) {
    return random.nextBoolean() ? 0 : random.nextDouble() * most;
  }

  private long lag() {
    int dice = random.nextInt(10);
    return dice == 0 ? 9 * SECOND : dice < 3 ? SECOND : 20_000_000L;
  }

  private void step() {
    int dice = random.nextInt(100);
    if (dice < 45) {
      writeToSource();
    } else if (dice < 50) {
      sink.put("/foreign/" + random.nextInt(3), "f" + values++);
    } else if (dice < 75) {
      pass((long) (random.nextDouble() * random.nextDouble() * 30 * SECOND));
    } else if (dice < 80) {
      burst();
    } else if (dice < 85) {
      crash();
      startMirror();
    } else if (dice < 88) {
      closeMirror();
      startMirror();
    } else if (dice < 90) {
      pauseForAWhile();
    } else if (dice < 94) {
      memberDown();
    } else if (dice < 96) {
      stepClock();
    } else if (dice < 98) {
      approveIfAsked();
    } else {
      replaceSource();
    }
    failIfFailed();
  }

  private void writeToSource() {
    if (random.nextInt(10) == 0) {
      backups.add(source.backup());
    }
    String key = random.nextInt(4) == 0 ? "/other" : SCOPE;
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      key += "/" + (char) ('a' + random.nextInt(4));
    }
    int dice = random.nextInt(12);
    if (dice < 7) {
      source.put(key, "v" + values++);
    } else if (dice < 8) {
      source.makeDirectory(key);
    } else if (dice < 10) {
      source.delete(key, false);
    } else if (dice < 11) {
      source.delete(key, true);
    } else {
      source.put("/_hidden/" + random.nextInt(3), "h" + values++);
    }
  }

  /** Most of it is outside of the scope. */
  private void burst() {
    int writes = random.nextInt(3) == 0 ? 1_500 : 200;
    scheduler.note("burst of " + writes);
    boolean inside = random.nextInt(3) == 0;
    for (int i = 0; i < writes; i += 50) {
      Map<String, String> puts = new TreeMap<>();
      for (int j = i; j < i + 50; j++) {
        puts.put(inside ? SCOPE + "/burst/" + j % 120 : "/other/burst/" + j, "b" + values++);
      }
      source.burst(puts);
      if (random.nextInt(3) == 0) {
        pass(random.nextInt(20_000_000));
      }
    }
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
                  .source(V2Source.of(endpoints("source", source)))
                  .sink(V2Sink.of(endpoints("sink", sink)))
                  .scope(MirrorScope.of(SCOPE))
                  .build();
          mirror = built;
          built.start();
        });
    boolean unused = scheduler.waitFor(() -> mirror != null, scheduler.after(SECOND));
  }

  private static String[] endpoints(String name, V2Cluster cluster) {
    String[] all = new String[cluster.members().size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = "http://" + name + (i + 1) + ":2379";
    }
    return all;
  }

  private void crash() {
    scheduler.kill(Objects.requireNonNull(process));
  }

  private void closeMirror() {
    EtcdMirror ending = mirror;
    if (ending != null) {
      scheduler.note("close");
      ending.close();
      SimulatedProcess over = Objects.requireNonNull(process);
      boolean gone =
          scheduler.waitFor(
              () -> scheduler.threadsOf(over).isEmpty(), scheduler.after(30 * SECOND));
      require(gone, "threads are left after close: " + scheduler.threadsOf(over));
    }
  }

  private void pauseForAWhile() {
    EtcdMirror paused = mirror;
    if (paused != null) {
      boolean stopped = paused.pause();
      scheduler.note("paused: " + stopped);
      pass(random.nextInt(20) * SECOND);
      writeToSource();
      paused.resume();
    }
  }

  private void memberDown() {
    V2Cluster cluster = random.nextBoolean() ? source : sink;
    V2Member member = cluster.members().get(random.nextInt(cluster.members().size()));
    scheduler.note("down: " + member);
    member.down(true);
    pass(random.nextInt(20) * SECOND);
    member.down(false);
  }

  private void stepClock() {
    long by = (random.nextInt(7200) - 3600) * SECOND;
    scheduler.note("clock steps by %d s".formatted(by / SECOND));
    Objects.requireNonNull(process).stepWallClock(by);
  }

  private void replaceSource() {
    boolean wipes = backups.isEmpty() || random.nextInt(3) == 0;
    if (wipes) {
      scheduler.note("source wiped");
      source.wipe(nextId++);
    } else {
      V2Store backup = backups.get(random.nextInt(backups.size()));
      scheduler.note("source restored to " + backup.index());
      source.restore(backup, nextId++);
    }
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

  private void failIfFailed() {
    EtcdMirror known = mirror;
    if (known != null && known.status().state() == MirrorState.FAILED) {
      Throwable failure = known.failure().orElseThrow();
      throw new SimulationException("failed: " + failure, failure);
    }
  }

  private void endInPeace() {
    network.faults().end();
    scheduler.note("peace");
    pass(60 * SECOND);
    long deadline = scheduler.after(PATIENCE.toNanos());
    while (scheduler.now() < deadline && !scheduler.hasFailed()) {
      EtcdMirror known = Objects.requireNonNull(mirror);
      approveIfAsked();
      failIfFailed();
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
                  source.shown(SCOPE),
                  source.store().index(),
                  sink.shown(SCOPE),
                  Objects.requireNonNull(mirror).status()));
    }
  }

  private boolean isLevel(MirrorStatus status) {
    return status.state() == MirrorState.FOLLOWING
        && status.caughtUp()
        && status.index() >= source.store().index();
  }

  private boolean isEqual() {
    return source.shown(SCOPE).equals(sink.shown(SCOPE));
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new SimulationException(otherwise);
    }
  }

  /** What the status says must be true. */
  private void checkStatus() {
    EtcdMirror known = mirror;
    if (known == null) {
      return;
    }
    long before = source.store().index();
    MirrorStatus status = known.status();
    if (status.state() == MirrorState.FOLLOWING
        && status.caughtUp()
        && status.index() == before
        && source.store().index() == before
        && source.restores() == 0) {
      require(isEqual(), "says that it is level, and is not: " + status);
    }
  }
}
