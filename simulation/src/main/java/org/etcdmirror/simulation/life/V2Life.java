package org.etcdmirror.simulation.life;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.simulation.model.Network;
import org.etcdmirror.simulation.model.V2Cluster;
import org.etcdmirror.simulation.model.V2Member;
import org.etcdmirror.simulation.model.V2Node;
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

  /** A mirror that has nothing to write looks at both clusters as often. */
  private static final long NOTICED_WITHIN = 60 * SECOND;

  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private final Scheduler scheduler = Scheduler.current();
  private final Random random = new Random(scheduler.random().nextLong());
  private final Network network = new Network(scheduler);
  private final V2Cluster source = new V2Cluster(network, "source", 1, 1 + random.nextInt(3));
  private final V2Cluster sink = new V2Cluster(network, "sink", 1_000, 1 + random.nextInt(3));
  private final List<V2Store> backups = new ArrayList<>();
  private final List<V2Store> sinkBackups = new ArrayList<>();

  /** When a cluster was replaced for the last time. */
  private long replacedAt;

  private int values;
  private int processes;
  private long nextId = 2_000;
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
      put(sink, "/foreign/" + random.nextInt(3));
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
    } else if (dice < 92) {
      memberDown();
    } else if (dice < 94) {
      memberCutOff();
    } else if (dice < 95) {
      stepClock();
    } else if (dice < 97) {
      approveIfAsked();
    } else if (dice < 98) {
      replace(sink, sinkBackups);
    } else {
      replace(source, backups);
    }
    reviveIfFenced();
  }

  private void writeToSource() {
    if (random.nextInt(10) == 0) {
      backups.add(source.backup());
      sinkBackups.add(sink.backup());
    }
    String key = random.nextInt(4) == 0 ? "/other" : SCOPE;
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      key += "/" + (char) ('a' + random.nextInt(4));
    }
    switch (random.nextInt(16)) {
      case 0 -> source.write("PUT", key, Map.of("dir", "true"));
      case 1 -> source.write("DELETE", key, Map.of("dir", "true"));
      case 2 -> source.write("DELETE", key, Map.of("recursive", "true"));
      case 3, 4 -> source.write("DELETE", key, Map.of());
      case 5 -> source.write("PUT", key, Map.of("prevExist", "true", "value", value()));
      case 6 -> source.write("PUT", key, Map.of("prevExist", "false", "value", value()));
      case 7 -> putHidden(key.substring(0, key.lastIndexOf('/')));
      case 8 -> compare(key);
      default -> put(source, key);
    }
  }

  private String value() {
    return "v" + values++;
  }

  private void put(V2Cluster cluster, String key) {
    cluster.write("PUT", key, Map.of("value", value()));
  }

  /** A directory that is there only for a hidden key is no event, and not mirrored before long. */
  private void putHidden(String directory) {
    V2Node found = source.store().nodes().get(directory);
    if (found != null && found.isDirectory()) {
      put(source, directory + "/_" + random.nextInt(2));
    }
  }

  private void compare(String key) {
    V2Node found = source.store().nodes().get(key);
    String index = found == null ? "1" : Long.toString(found.modified());
    if (random.nextBoolean()) {
      source.write("PUT", key, Map.of("prevIndex", index, "value", value()));
    } else {
      source.write("DELETE", key, Map.of("prevIndex", index));
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
        puts.put((inside ? SCOPE : "/other") + "/burst/" + j % 120, value());
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

  /** What happens meanwhile may be so much that the member skips it. */
  private void memberCutOff() {
    V2Cluster cluster = random.nextBoolean() ? source : sink;
    if (cluster.members().size() == 1) {
      return;
    }
    V2Member member = cluster.members().get(random.nextInt(cluster.members().size()));
    scheduler.note("cut off: " + member);
    member.cutOff(true);
    pass(random.nextInt(20) * SECOND);
    if (random.nextBoolean()) {
      writeToSource();
      for (int i = 0; i < 55; i++) {
        Map<String, String> puts = new TreeMap<>();
        for (int j = 0; j < 100; j++) {
          puts.put("/other/burst/" + j, value());
        }
        cluster.burst(puts);
      }
      writeToSource();
      pass(random.nextInt(3) * SECOND);
    }
    member.cutOff(false);
  }

  private void stepClock() {
    long by = (random.nextInt(7200) - 3600) * SECOND;
    scheduler.note("clock steps by %d s".formatted(by / SECOND));
    Objects.requireNonNull(process).stepWallClock(by);
  }

  private void replace(V2Cluster cluster, List<V2Store> from) {
    boolean wipes = from.isEmpty() || random.nextInt(3) == 0;
    String name = cluster == source ? "source" : "sink";
    if (wipes) {
      scheduler.note(name + " wiped");
      cluster.wipe(nextId++);
    } else {
      V2Store backup = from.get(random.nextInt(from.size()));
      scheduler.note("%s restored to %d".formatted(name, backup.index()));
      cluster.restore(backup, nextId++);
    }
    replacedAt = scheduler.now();
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
    scheduler.note("peace");
    pass(60 * SECOND);
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
        && status.suspects() == null
        && scheduler.now() - replacedAt > NOTICED_WITHIN) {
      require(isEqual(), "says that it is level, and is not: " + status);
    }
  }
}
