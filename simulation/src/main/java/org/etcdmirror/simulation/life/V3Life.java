package org.etcdmirror.simulation.life;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.simulation.model.Network;
import org.etcdmirror.simulation.model.V3Cluster;
import org.etcdmirror.simulation.model.V3Member;
import org.etcdmirror.simulation.model.V3Store;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;
import org.jspecify.annotations.Nullable;

/**
 * The life of one link from a v3 cluster to another: random writes, faults, crashes and
 * replacements, and at last peace, in which both sides must become equal.
 */
public final class V3Life implements Runnable {

  private static final String SCOPE = "/conf/";
  private static final String LINK = "life";
  private static final ByteString CHECKPOINT = ByteString.copyFromUtf8("/__replication/" + LINK);
  private static final String FOREIGN = "foreign";
  private static final long SECOND = 1_000_000_000L;
  private static final int MOST_MEANWHILE = 20;

  /** A mirror that has nothing to write looks at its sink as often. */
  private static final long NOTICED_WITHIN = 60 * SECOND;

  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private final Scheduler scheduler = Scheduler.current();
  private final Random random = new Random(scheduler.random().nextLong());
  private final Network network = new Network(scheduler);
  private final V3Cluster source = new V3Cluster(network, "source", 1, 1 + random.nextInt(3));
  private final V3Cluster sink = new V3Cluster(network, "sink", 1_000, 1 + random.nextInt(3));

  /** What is in the sink beside the scope, as its owner wrote it. */
  private final Map<String, String> foreign = new TreeMap<>();

  /** How many keys there are, and how many of them one transaction of a mirror may write. */
  private final int keys = random.nextBoolean() ? 8 : 40;

  private final int maxTxnOps = random.nextBoolean() ? 128 : 8 + random.nextInt(6);

  /** Null for the default. */
  private final @Nullable DeleteLimit deleteLimit =
      random.nextBoolean() ? null : DeleteLimit.keys(1 + random.nextInt(4));

  private boolean busy = random.nextInt(3) == 0;

  /** Whether this life has many resyncs. */
  private final boolean gaps = random.nextInt(4) == 0;

  private int values;
  private int processes;
  private long nextId = 2;
  private @Nullable SimulatedProcess process;
  private @Nullable EtcdMirror mirror;

  /** Deletes were approved since the sink was level. */
  private boolean approved;

  private Map<String, String> mirroredBefore = Map.of();
  private boolean levelBefore;
  private long indexBefore;
  private long sinkRestoredAt = -NOTICED_WITHIN;

  @Override
  public void run() {
    sink.onMirrorWrite(this::checkSink);
    begin();
    int steps = 10 + random.nextInt(60);
    for (int step = 0; step < steps && !scheduler.hasFailed(); step++) {
      step();
      checkStatus();
    }
    endInPeace();
  }

  private void begin() {
    network.faults().requests(chance(0.03), chance(0.02), chance(0.05), chance(0.2));
    network.faults().streams(chance(0.02));
    for (V3Member member : source.members()) {
      member.lag(random.nextInt(3) == 0 ? 5 * SECOND : 20_000_000L);
      member.version(random.nextInt(3) == 0 ? "3.4.23" : "3.5.16");
    }
    for (int i = random.nextInt(keys * 2); i > 0; i--) {
      writeToSource();
    }
    startMirror();
  }

  private double chance(double most) {
    return random.nextBoolean() ? 0 : random.nextDouble() * most;
  }

  private void step() {
    int dice = random.nextInt(100);
    if (gaps && dice < 20) {
      openGap();
    } else if (dice < 45) {
      writeToSource();
    } else if (dice < 50) {
      foreign.put(FOREIGN + random.nextInt(3), "f" + values++);
      sink.write(foreign, List.of());
    } else if (dice < 75) {
      pass((long) (random.nextDouble() * random.nextDouble() * 30 * SECOND));
    } else if (dice < 80) {
      long to = source.store().revision() - random.nextInt(5);
      scheduler.note("compact through " + to);
      source.compact(Math.max(1, to));
    } else if (dice < 83) {
      crash();
      startMirror();
    } else if (dice < 85) {
      openGap();
    } else if (dice < 88) {
      closeMirror();
      startMirror();
    } else if (dice < 90) {
      pauseForAWhile();
    } else if (dice < 94) {
      memberDown();
    } else if (dice < 96) {
      stepClock();
    } else if (dice < 97) {
      approveIfAsked();
    } else if (dice < 98) {
      restoreSink();
    } else if (dice < 99) {
      startRival();
    } else {
      replaceSource();
    }
    reviveIfFailed();
  }

  private void writeToSource() {
    Map<String, String> puts = new TreeMap<>();
    List<String> deletes = new ArrayList<>();
    for (int i = 1 + random.nextInt(random.nextInt(4) == 0 ? 6 : 1); i > 0; i--) {
      String key = (random.nextInt(4) == 0 ? "/other/" : SCOPE) + random.nextInt(keys);
      if (random.nextInt(3) == 0) {
        if (!puts.containsKey(key)) {
          deletes.add(key);
        }
      } else if (!deletes.contains(key)) {
        puts.put(key, "v" + values++);
      }
    }
    source.write(puts, deletes);
  }

  /** In a busy life the source is written to meanwhile. */
  private void pass(long nanos) {
    long end = scheduler.after(nanos);
    for (int i = 0; busy && i < MOST_MEANWHILE && scheduler.now() < end; i++) {
      await(Math.min(end, scheduler.after((long) (random.nextDouble() * SECOND / 2))));
      writeToSource();
    }
    await(end);
  }

  private void await(long end) {
    boolean unused = scheduler.waitFor(scheduler::hasFailed, end);
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
          EtcdMirrorBuilder builder =
              EtcdMirror.builder()
                  .link(LINK)
                  .source(V3Source.of(endpoints("source", source)))
                  .sink(
                      V3Sink.builder()
                          .endpoints(endpoints("sink", sink))
                          .maxTxnOps(maxTxnOps)
                          .build())
                  .scope(MirrorScope.of(SCOPE));
          if (deleteLimit != null) {
            builder.deleteLimit(deleteLimit);
          }
          EtcdMirror built = builder.build();
          mirror = built;
          try {
            built.start();
          } catch (IllegalStateException closedMeanwhile) {
            scheduler.note("not started: " + closedMeanwhile.getMessage());
          }
        });
    boolean unused = scheduler.waitFor(() -> mirror != null, scheduler.after(SECOND));
  }

  private static String[] endpoints(String name, V3Cluster cluster) {
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
      if (!gone) {
        throw new SimulationException("threads are left after close: " + scheduler.threadsOf(over));
      }
    }
  }

  /** History is gone when the mirror comes back. */
  private void openGap() {
    crash();
    for (int i = random.nextInt(keys); i > 0; i--) {
      writeToSource();
    }
    source.compact(source.store().revision());
    scheduler.note("gap");
    startMirror();
  }

  private void pauseForAWhile() {
    EtcdMirror paused = mirror;
    if (paused != null) {
      boolean stopped = paused.pause();
      scheduler.note("paused: " + stopped);
      Map<String, String> before = sink.values(SCOPE, sink.store().revision());
      writeToSource();
      pass(SECOND * random.nextInt(20));
      // The note of a gap may be stored, and what was sent before may be carried out late.
      require(
          !stopped
              || !network.faults().isPeaceful()
              || sink.values(SCOPE, sink.store().revision()).equals(before),
          "wrote while it was paused");
      paused.resume();
    }
  }

  private void memberDown() {
    V3Cluster cluster = random.nextBoolean() ? source : sink;
    V3Member member = cluster.members().get(random.nextInt(cluster.members().size()));
    scheduler.note("down: " + member);
    member.down(true);
    pass(SECOND * random.nextInt(20));
    member.down(false);
  }

  private void stepClock() {
    long by = SECOND * (random.nextInt(7200) - 3600);
    scheduler.note("clock steps by %d s".formatted(by / SECOND));
    Objects.requireNonNull(process).stepWallClock(by);
  }

  private void replaceSource() {
    boolean wipes = random.nextInt(3) == 0;
    long to = 1L + random.nextInt((int) source.store().revision());
    scheduler.note(wipes ? "source wiped" : "source restored to " + to);
    if (wipes) {
      source.wipe(nextId++);
    } else {
      source.restore(to, nextId++);
    }
  }

  private void approveIfAsked() {
    EtcdMirror asking = mirror;
    PendingApproval pending = asking == null ? null : asking.status().pending();
    if (asking != null && pending != null) {
      scheduler.note("approve: " + pending.reason());
      try {
        asking.approve(pending.token());
        approved = true;
      } catch (IllegalStateException e) {
        scheduler.note("not approved: " + e.getMessage());
      }
    }
  }

  private void restoreSink() {
    long to = 1L + random.nextInt((int) sink.store().revision());
    scheduler.note("sink restored to " + to);
    sink.restore(to, sink.id());
    sinkRestoredAt = scheduler.now();
    foreign.clear();
    sink.values(FOREIGN, sink.store().revision()).forEach(foreign::put);
    mirroredBefore = sink.values(SCOPE, sink.store().revision());
  }

  /** Another instance of the link, that takes the sink over. The former one must write no more. */
  private void startRival() {
    SimulatedProcess former = Objects.requireNonNull(process);
    EtcdMirror older = mirror;
    startMirror();
    pass(SECOND * random.nextInt(30));
    if (older != null) {
      scheduler.note("former one is " + older.status().state());
    }
    scheduler.kill(former);
  }

  /** Where two mirrors write to one link, either of them may have to give way. */
  private void reviveIfFailed() {
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
    busy = false;
    scheduler.note("peace");
    pass(60 * SECOND);
    long deadline = scheduler.after(PATIENCE.toNanos());
    while (scheduler.now() < deadline && !scheduler.hasFailed()) {
      EtcdMirror known = Objects.requireNonNull(mirror);
      approveIfAsked();
      reviveIfFailed();
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
                  source.values(SCOPE, source.store().revision()),
                  source.store().revision(),
                  sink.values(SCOPE, sink.store().revision()),
                  Objects.requireNonNull(mirror).status()));
    }
  }

  private boolean isLevel(MirrorStatus status) {
    return status.state() == MirrorState.FOLLOWING
        && status.caughtUp()
        && status.index() >= source.store().revision();
  }

  private boolean isEqual() {
    return source
        .values(SCOPE, source.store().revision())
        .equals(sink.values(SCOPE, sink.store().revision()));
  }

  /** After each revision that a mirror made in the sink. */
  private void checkSink() {
    V3Store store = sink.store();
    Map<String, String> beside = new TreeMap<>();
    Map<String, String> mirrored = new TreeMap<>();
    store
        .keys(store.revision())
        .forEach(
            (key, entry) -> {
              String name = key.toStringUtf8();
              if (name.startsWith(SCOPE)) {
                mirrored.put(name, entry.getValue().toStringUtf8());
              } else if (!key.equals(CHECKPOINT)) {
                beside.put(name, entry.getValue().toStringUtf8());
              }
            });
    require(beside.equals(foreign), "keys beside the scope were touched: %s".formatted(beside));
    var stored = store.keys(store.revision()).get(CHECKPOINT);
    if (stored == null) {
      require(mirrored.isEmpty(), "entries without a checkpoint");
      return;
    }
    StoredCheckpoint checkpoint = StoredCheckpoint.parse(stored.getValue().toStringUtf8());
    if (Boolean.getBoolean("simulation.revisions")) {
      scheduler.note(
          "sink %d: %s, source at %d, entries of %s"
              .formatted(
                  store.revision(), checkpoint, source.store().revision(), revisionsOf(mirrored)));
    }
    checkDeletes(mirrored, checkpoint);
    levelBefore = checkpoint.saysLevel();
    if (!checkpoint.saysLevel()) {
      return;
    }
    approved = false;
    require(
        source.histories().stream()
            .anyMatch(history -> holdsAtOrAfter(history, checkpoint.index(), mirrored)),
        "the sink at revision %d is not the source at index %d: %s; it is the source at %s; checkpoint %s"
            .formatted(
                store.revision(), checkpoint.index(), mirrored, revisionsOf(mirrored), checkpoint));
  }

  /**
   * The stored index may be behind the sink: a batch whose answer was lost comes again. It is never
   * ahead.
   */
  private static boolean holdsAtOrAfter(V3Store history, long index, Map<String, String> entries) {
    return LongStream.rangeClosed(index, history.revision())
        .anyMatch(revision -> V3Cluster.values(history, SCOPE, revision).equals(entries));
  }

  /**
   * A resync deletes no more than the limit allows, unless that was approved. What it deletes does
   * not move the index; what events delete does.
   */
  private void checkDeletes(Map<String, String> mirrored, StoredCheckpoint checkpoint) {
    boolean byEvents = checkpoint.index() > indexBefore;
    indexBefore = checkpoint.index();
    long deletes =
        mirroredBefore.keySet().stream().filter(key -> !mirrored.containsKey(key)).count();
    DeleteLimit limit = deleteLimit == null ? DeleteLimit.DEFAULT : deleteLimit;
    boolean sourceEmpty = source.values(SCOPE, source.store().revision()).isEmpty();
    require(
        levelBefore
            || byEvents
            || approved
            || deletes == 0
            || !limit.refuses(deletes, mirroredBefore.size(), sourceEmpty),
        "%d of %d were deleted without an approval".formatted(deletes, mirroredBefore.size()));
    mirroredBefore = mirrored;
  }

  /** The revisions at which the source held these entries. */
  private List<Long> revisionsOf(Map<String, String> entries) {
    V3Store store = source.store();
    return LongStream.rangeClosed(1, store.revision())
        .filter(revision -> V3Cluster.values(store, SCOPE, revision).equals(entries))
        .boxed()
        .toList();
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
    long before = source.store().revision();
    int restores = source.restores();
    MirrorStatus status = known.status();
    if (status.state() == MirrorState.FOLLOWING
        && status.caughtUp()
        && status.index() == before
        && source.store().revision() == before
        && source.restores() == restores
        && restores == 0
        && scheduler.now() - sinkRestoredAt > NOTICED_WITHIN) {
      require(isEqual(), "says that it is level, and is not: " + status);
    }
  }
}
