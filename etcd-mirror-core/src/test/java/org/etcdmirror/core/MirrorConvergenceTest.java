package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Random writes, faults on each side, lost history, replaced clusters and restarts. Whatever comes,
 * the stored index is never ahead of the sink, and in the end both sides are equal.
 */
class MirrorConvergenceTest extends MirrorFixture {

  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private int values;
  private int clusters;

  /** Each key in the sink has the value that it had in the source at this index, or a later one. */
  private void assertNotAhead(Checkpoint saved) {
    boolean level = scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE).equals(saved.scope());
    if (!level || !source.clusterId().equals(saved.clusterId()) || saved.index() > source.index()) {
      // A mark that a resync is under way, a cluster that is no more, or one before it went back.
      return;
    }
    var held = sink.held.values();
    for (Bytes key : source.everyKey()) {
      if (!source.had(key, held.get(key), saved.index())) {
        violations.add("index %d stored, but %s=%s".formatted(saved.index(), key, held.get(key)));
      }
    }
  }

  @RepeatedTest(8)
  void endsEqualAndIsNeverAhead() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("MirrorConvergenceTest seed " + seed);
    Random random = new Random(seed);
    store.onSave(saved -> source.atRest(() -> assertNotAhead(saved)));
    for (Faults faults : List.of(source.faults, sink.faults, store.faults)) {
      faults.failRandomly(new Random(random.nextLong()), 0.05);
    }
    source.deliverAtMost(1 + random.nextInt(5));
    EtcdMirror mirror = next();
    for (int step = 0; step < 400; step++) {
      mirror = step(random, mirror);
      if (random.nextInt(4) == 0) {
        mirror.await(source.index() - random.nextInt(5), Duration.ofMillis(20));
      }
    }
    for (Faults faults : List.of(source.faults, sink.faults, store.faults)) {
      faults.healAll();
    }
    EtcdMirror last = mirror;
    eventually(() -> sink.values().equals(source.values()) && store.index() == source.index());
    assertThat(last.status().state()).as("seed %d", seed).isEqualTo(MirrorState.FOLLOWING);
    assertThat(CoalescerTest.state(sink.held)).isEqualTo(CoalescerTest.state(source.state()));
    assertThat(violations).as("seed %d", seed).isEmpty();
  }

  private EtcdMirror next() {
    return started(b -> b.deleteLimit(DeleteLimit.percent(100)).buffer(20, 1 << 20));
  }

  private EtcdMirror step(Random random, EtcdMirror mirror) {
    String key = "/conf/" + (char) ('a' + random.nextInt(3)) + "/" + random.nextInt(5);
    switch (random.nextInt(100)) {
      case 0, 1 -> source.clearHistory();
      case 2, 3 -> source.breakStreams();
      case 4 -> source.replaceCluster("other-" + ++clusters, 10 + random.nextInt(500));
      case 5 -> goBack();
      case 6, 7 -> {
        mirror.close();
        return next();
      }
      case 8, 9, 10 -> source.deleteTree("/conf/" + (char) ('a' + random.nextInt(3)));
      case 11, 12, 13, 14, 15 -> source.foreignWrites(1 + random.nextInt(10));
      case 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26 -> source.delete(key);
      default -> source.put(key, "v" + values++);
    }
    return mirror;
  }

  /** So far back, and so long, that it is noticed: nobody can notice it afterwards. */
  private void goBack() {
    source.foreignWrites(100_000);
    source.put("/conf/z", "v" + values++);
    eventually(() -> store.index() == source.index());
    source.goBackTo(10);
    eventually(() -> store.index() < 100_000);
  }
}
