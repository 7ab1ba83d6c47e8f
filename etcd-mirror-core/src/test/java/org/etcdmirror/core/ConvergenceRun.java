package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.internal.keys.CoalescerTest;

/**
 * Random writes and faults around successive mirrors of one link, on fakes. In every run, the
 * stored index is never ahead of the sink, each claim of a mirror is true, and at last both sides
 * are equal.
 */
final class ConvergenceRun {

  private static final Duration SOON = Duration.ofMillis(20);
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final String name;
  private final Random random;
  private final Set<FaultKind> faultKinds;
  private final int steps;
  private final MirrorScope scope = MirrorScope.of("/conf");
  private final KeyModel model;
  private final FakeSource source;
  private final FakeStore store = new FakeStore();
  private final FakeSink sink;
  private final Truth truth;
  private EtcdMirror mirror;
  private int values;
  private int clusters;

  ConvergenceRun(long seed, Set<FaultKind> faultKinds, int steps) {
    this.name = "seed %d, %s".formatted(seed, faultKinds);
    this.random = new Random(seed);
    this.faultKinds = faultKinds;
    this.steps = steps;
    this.model = faultKinds.contains(FaultKind.COMPACTED_READING) ? KeyModel.BYTES : KeyModel.PATHS;
    this.source = new FakeSource(model);
    this.sink = isAtomic(random) ? new FakeAtomicSink(model) : new FakeSink(model);
    this.truth = new Truth(source, sink);
    injectFaults();
    this.mirror = started();
  }

  private boolean isAtomic(Random random) {
    return faultKinds.contains(FaultKind.LATE_TRANSACTIONS)
        || (!faultKinds.contains(FaultKind.LATE_WRITES) && random.nextBoolean());
  }

  private boolean has(FaultKind one) {
    return faultKinds.contains(one);
  }

  private void injectFaults() {
    source.deliverAtMost(1 + random.nextInt(5));
    if (sink instanceof FakeAtomicSink atomic) {
      atomic.onCommit((saved, nanos) -> truth.stored(saved, scope, nanos));
    } else {
      store.onSave(saved -> truth.stored(saved, scope, System.nanoTime()));
    }
    if (has(FaultKind.FAILURES)) {
      for (Faults faults : List.of(source.faults, sink.faults, store.faults)) {
        faults.failRandomly(fork(), 0.05);
      }
    }
    if (has(FaultKind.LOST_ANSWERS)) {
      store.faults.failRandomly(fork(), 0.2);
    }
    if (has(FaultKind.LATE_WRITES) || has(FaultKind.LATE_TRANSACTIONS)) {
      sink.late.loseRandomly(fork(), 0.1 + 0.6 * random.nextDouble());
    }
    if (has(FaultKind.COMPACTED_READING)) {
      Random compaction = fork();
      source.onReading(after -> compactWhileReading(compaction));
    }
    if (has(FaultKind.DISPROVED_INDEX)) {
      source.contradiction.withholdRandomly(fork(), 0.02 + 0.1 * random.nextDouble());
    }
  }

  /** Changes keys before and after the reading position, then compacts the index being read. */
  private void compactWhileReading(Random compaction) {
    if (compaction.nextInt(6) > 0) {
      return;
    }
    for (int i = compaction.nextInt(15); i > 0; i--) {
      String key = "/conf/%c/%d".formatted('a' + compaction.nextInt(3), compaction.nextInt(5));
      if (compaction.nextInt(3) == 0) {
        source.delete(key);
      } else {
        source.put(key, "w" + compaction.nextLong());
      }
    }
    source.expireSnapshots();
  }

  private Random fork() {
    return new Random(random.nextLong());
  }

  /** Runs all steps, then checks that both sides are equal. */
  void run() throws InterruptedException {
    try {
      for (int step = 0; step < steps; step++) {
        step();
        restartIfFenced();
        if (random.nextInt(3) == 0) {
          checkClaims();
        }
      }
      heal();
      assertEndsEqual();
      assertThat(truth.lies()).as(name).isEmpty();
    } finally {
      mirror.close();
    }
  }

  private void step() throws InterruptedException {
    String directory = "/conf/" + (char) ('a' + random.nextInt(3));
    int dice = random.nextInt(100);
    if (dice < 14) {
      causeRandomTrouble();
    } else if (dice < 17) {
      deleteTree(directory);
    } else if (dice < 22) {
      source.foreignWrites(1 + random.nextInt(10));
    } else if (dice < (has(FaultKind.LATE_TRANSACTIONS) ? 60 : 33)) {
      // A resync sees the key absent on both sides while its first attempt may still write it.
      source.delete(directory + "/" + random.nextInt(5));
    } else {
      source.put(directory + "/" + random.nextInt(5), "v" + values++);
    }
  }

  private void deleteTree(String directory) {
    if (model == KeyModel.PATHS) {
      source.deleteTree(directory);
    } else {
      for (int i = 0; i < 5; i++) {
        source.delete(directory + "/" + i);
      }
    }
  }

  private void causeRandomTrouble() throws InterruptedException {
    switch (random.nextInt(7)) {
      case 0 -> source.breakStreams();
      case 1 -> restart();
      case 2 -> {
        if (has(FaultKind.CRASHES)) {
          crash();
        }
      }
      case 3 -> {
        if (has(FaultKind.LOST_HISTORY)) {
          source.clearHistory();
        }
      }
      case 4 -> {
        if (has(FaultKind.OTHER_CLUSTER)) {
          replaceHistory();
        }
      }
      case 5 -> verify();
      default -> sink.late.carryOutOne();
    }
  }

  /** An index that goes back does so far and long enough to be noticed. */
  private void replaceHistory() throws InterruptedException {
    if (random.nextInt(4) > 0) {
      source.replaceCluster("other-" + ++clusters, 10 + random.nextInt(500));
      return;
    }
    source.foreignWrites(100_000);
    source.put("/conf/z", "v" + values++);
    if (mirror.await(source.index(), PATIENCE)) {
      source.goBackTo(10);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (mirror.status().index() >= 100_000 && System.nanoTime() - deadline < 0) {
        Thread.onSpinWait();
      }
    }
  }

  private EtcdMirror started() {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .source(source)
            .sink(sink)
            .scope(scope)
            .link("convergence")
            .listener(
                new MirrorListener() {
                  @Override
                  public void onResync(ResyncReport report) {
                    source.contradiction.compared();
                  }
                })
            .deleteLimit(DeleteLimit.percent(100))
            .buffer(20, 1 << 20)
            .closeTimeout(Duration.ofSeconds(10))
            .backoff(Duration.ofMillis(1), Duration.ofMillis(10))
            .resyncs(Duration.ofHours(1), Duration.ofMillis(1), Duration.ofMillis(10));
    if (!(sink instanceof FakeAtomicSink)) {
      builder.indexStore(store);
    }
    EtcdMirror next = builder.build();
    next.start();
    return next;
  }

  private void restart() {
    mirror.close();
    startNextMirror();
  }

  private void crash() {
    List<Faults> all = List.of(source.faults, sink.faults, store.faults);
    all.forEach(faults -> faults.cutOff(true));
    mirror.close();
    all.forEach(faults -> faults.cutOff(false));
    startNextMirror();
  }

  private void startNextMirror() {
    source.contradiction.mirrorEnded();
    sink.late.answered();
    mirror = started();
  }

  /** A late transaction of the previous mirror may move the fence; a supervisor restarts. */
  private void restartIfFenced() {
    if (mirror.status().state() == MirrorState.FAILED) {
      boolean fenced = sink instanceof FakeAtomicSink atomic && atomic.isFenced();
      assertThat(has(FaultKind.LATE_TRANSACTIONS) && fenced)
          .as("%s: %s", name, mirror.status())
          .isTrue();
      restart();
    }
  }

  /** Claims about a replaced cluster cannot be checked. */
  private void checkClaims() throws InterruptedException {
    long began = System.nanoTime();
    long wanted = source.index() - random.nextInt(5);
    boolean reached = mirror.await(wanted, random.nextBoolean() ? SOON : AT_ONCE);
    MirrorStatus status = mirror.status();
    if (has(FaultKind.OTHER_CLUSTER)) {
      return;
    }
    if (reached) {
      truth.holds("awaited", wanted, began);
    }
    if (status.caughtUp()) {
      truth.holds("caught up and following at", status.index(), began);
    }
  }

  private void verify() throws InterruptedException {
    if (has(FaultKind.FAILURES)
        || has(FaultKind.OTHER_CLUSTER)
        || !mirror.await(source.index(), SOON)) {
      return;
    }
    try {
      long began = System.nanoTime();
      VerifyReport report = mirror.verify();
      if (report.isEqual()) {
        truth.holds("verified as equal at", report.index(), began);
      }
    } catch (IOException e) {
      // A failed verification claims nothing.
    }
  }

  /** Stops all faults and lets their pending effects appear. */
  private void heal() {
    for (Faults faults : List.of(source.faults, sink.faults, store.faults)) {
      faults.healAll();
    }
    source.contradiction.heal();
    source.onReading(after -> {});
    sink.late.heal();
    source.breakStreams();
  }

  private void assertEndsEqual() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!isLevel()) {
      restartIfFenced();
      assertThat(System.nanoTime() - deadline)
          .as("%s: %s is not %s: %s", name, sink.values(), source.values(), mirror.status())
          .isNegative();
    }
    try {
      VerifyReport report = mirror.verify();
      assertThat(report.isEqual()).as("%s: %s", name, report.describe()).isTrue();
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
    mirror.close();
    assertThat(storedIndex()).as(name).isLessThanOrEqualTo(source.index());
    if (storedIndex() < source.index()) {
      // It was closed between data and index; both are applied again.
      startNextMirror();
      assertThat(mirror.await(source.index(), PATIENCE)).as(name).isTrue();
      mirror.close();
    }
    assertThat(storedIndex()).as(name).isEqualTo(source.index());
  }

  private long storedIndex() {
    return sink instanceof FakeAtomicSink atomic ? atomic.storedIndex() : store.index();
  }

  private boolean isLevel() throws InterruptedException {
    return mirror.await(source.index(), SOON)
        && mirror.status().state() == MirrorState.FOLLOWING
        && CoalescerTest.state(sink.held).equals(CoalescerTest.state(source.state()));
  }
}
