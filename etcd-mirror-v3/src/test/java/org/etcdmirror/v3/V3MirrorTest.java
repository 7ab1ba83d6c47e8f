package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(600)
class V3MirrorTest {

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void sinkEqualsSourceAfterRandomWorkload(EtcdBinary binary) {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (V3Mirroring etcds = V3Mirroring.start(binary)) {
      for (int run = 0; run < 3; run++) {
        work(etcds, random, 30);
        try (EtcdMirror mirror = etcds.started()) {
          work(etcds, random, 60);
          assertThat(etcds.awaitLevel(mirror).counters().gaps()).as("seed %d", seed).isZero();
          etcds.assertEqual();
        }
      }
    }
  }

  private static void work(V3Mirroring etcds, Random random, int transactions) {
    for (int i = 0; i < transactions; i++) {
      if (random.nextInt(20) == 0) {
        etcds.source.deletePrefix(V3Mirroring.PREFIX + random.nextInt(10));
      }
      List<Write> writes = new ArrayList<>();
      Set<Bytes> keys = new HashSet<>();
      for (int n = random.nextInt(30); n >= 0; n--) {
        byte[] tail = new byte[1 + random.nextInt(2)];
        random.nextBytes(tail);
        Bytes key = Bytes.utf8(V3Mirroring.PREFIX + random.nextInt(10) + "/").plus(Bytes.of(tail));
        if (keys.add(key)) {
          byte[] value = new byte[random.nextInt(200)];
          random.nextBytes(value);
          writes.add(random.nextInt(3) == 0 ? Write.delete(key) : Write.put(key, Bytes.of(value)));
        }
      }
      etcds.source.commit(writes);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void quietPrefixSurvivesCompactionWithoutGapWhileRunning(EtcdBinary binary) {
    try (V3Mirroring etcds = V3Mirroring.start(binary)) {
      etcds.source.put("/conf/a", "1");
      try (EtcdMirror mirror = etcds.started()) {
        long first = mirror.status().counters().gaps();
        for (int i = 0; i < 50; i++) {
          etcds.source.put("/other/" + i, "x");
        }
        etcds.awaitLevel(mirror);
        etcds.source.compact(etcds.source.revision());
        etcds.source.put("/conf/a", "2");
        MirrorStatus status = etcds.awaitLevel(mirror);
        assertThat(status.counters().gaps()).isEqualTo(first);
        etcds.assertEqual();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void compactionWhileStoppedCausesGapThatWritesOnlyDifferences(EtcdBinary binary) {
    try (V3Mirroring etcds = V3Mirroring.start(binary)) {
      for (int i = 0; i < 20; i++) {
        etcds.source.put("/conf/" + i, "same");
      }
      etcds.started().close();
      etcds.source.delete("/conf/3");
      etcds.source.put("/conf/4", "changed");
      etcds.source.compact(etcds.source.revision());
      long before = etcds.sink.modRevision("/conf/5");
      try (EtcdMirror mirror = etcds.started()) {
        MirrorStatus status = mirror.status();
        assertThat(status.counters().gaps()).isEqualTo(1);
        assertThat(status.counters().keysWritten()).isEqualTo(1);
        assertThat(status.counters().keysDeleted()).isEqualTo(1);
        etcds.assertEqual();
        assertThat(etcds.sink.modRevision("/conf/5")).isEqualTo(before);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void deletesMadeWhileTheMirrorWasDownArriveWithoutAGap(EtcdBinary binary) {
    try (V3Mirroring etcds = V3Mirroring.start(binary)) {
      etcds.source.put("/conf/a", "1");
      etcds.source.put("/conf/b", "1");
      etcds.started().close();
      etcds.source.delete("/conf/a");
      try (EtcdMirror mirror = etcds.started()) {
        assertThat(mirror.status().counters().gaps()).isZero();
        etcds.assertEqual();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void onlyOneOfTwoMirrorsOnTheSameLinkWrites(EtcdBinary binary) {
    try (V3Mirroring etcds = V3Mirroring.start(binary)) {
      etcds.source.put("/conf/a", "1");
      try (EtcdMirror one = etcds.started();
          EtcdMirror other = etcds.mirror(builder -> builder)) {
        other.start();
        etcds.source.put("/conf/a", "2");
        V3Mirroring.eventually(
            "one of them is fenced off",
            () -> {
              // A quiet mirror finds out with its next write.
              etcds.source.put("/conf/a", "3");
              assertThat(List.of(one.status().state(), other.status().state()))
                  .containsOnlyOnce(MirrorState.FAILED);
            });
        EtcdMirror alive = one.status().state() == MirrorState.FAILED ? other : one;
        etcds.awaitLevel(alive);
        etcds.assertEqual();
      }
    }
  }
}
