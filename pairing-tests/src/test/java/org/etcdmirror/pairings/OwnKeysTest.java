package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.core.Cutover;
import org.etcdmirror.core.CutoverReport;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.Verification;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys that mirrors store on either side of a link are never mirrored as data. */
@Tag("long")
@Timeout(600)
class OwnKeysTest {

  private static final String FOREIGN = "/__replication/other";

  static Stream<Arguments> pairings() {
    return ScopedLink.of("v2 to v2", "v2 to v3", "v3 to v2", "v3 to v3");
  }

  /** Records what a mirror writes. */
  private static final class Seen implements MirrorListener {
    final List<Bytes> keys = new CopyOnWriteArrayList<>();
    final List<VerifyReport> verified = new CopyOnWriteArrayList<>();
    final List<Bytes> unsupported = new CopyOnWriteArrayList<>();
    final AtomicInteger verifications = new AtomicInteger();

    @Override
    public void onBatch(EventBatch batch) {
      batch.events().forEach(event -> keys.add(event.key()));
    }

    @Override
    public void onVerified(VerifyReport report) {
      verified.add(report);
      verifications.incrementAndGet();
    }

    @Override
    public void onUnsupportedEntry(UnsupportedEntryException.Refusal refusal) {
      unsupported.add(refusal.key());
    }
  }

  @ParameterizedTest(name = "{1} to {2} on {0}")
  @MethodSource("pairings")
  @Execution(CONCURRENT)
  void wholeKeyspaceIsMirroredWithoutTheIndexesOfOtherLinks(
      EtcdBinary binary, String from, String to) throws Exception {
    try (EtcdServer sourceEtcd = EtcdServer.builder().binary(binary).start();
        EtcdServer sinkEtcd = EtcdServer.builder().binary(binary).start()) {
      WholeLink source = new WholeLink(from, sourceEtcd, "back", null);
      WholeLink sink = new WholeLink(to, sinkEtcd, "whole", null);
      source.keys().put("/app/x", "1");
      source.keys().put("/__replication/there/alone", "17");
      sink.keys().put("/__replication/here/alone", "18");
      sink.keys().put("/stale", "gone soon");
      Seen seen = new Seen();
      try (Heartbeat there = new Heartbeat(source.keys(), FOREIGN);
          Heartbeat here = new Heartbeat(sink.keys(), FOREIGN);
          EtcdMirror mirror =
              source
                  .to(sink)
                  .verification(Verification.every(Duration.ofMillis(500)).repair())
                  .listener(seen)
                  .build()) {
        mirror.start();
        assertLevel(mirror, source, sink);
        source.keys().put("/app/y", "2");
        source.keys().delete("/app/x");
        there.awaitWrites(50);
        here.awaitWrites(50);
        assertLevel(mirror, source, sink);
        VerifyReport report = mirror.verify();
        assertThat(report.isEqual()).as("%s %s", report, report.samples()).isTrue();
        ResyncPlan plan = mirror.plan();
        assertThat(List.of(plan.writes(), plan.deletes(), plan.unsupported()))
            .as(plan.toString())
            .isEqualTo(List.of(0L, 0L, 0L));
        int before = seen.verifications.get();
        Link.eventually("verifications", () -> seen.verifications.get() >= before + 3);
        assertThat(seen.verified).allMatch(VerifyReport::isEqual);
        assertThat(mirror.status().counters().resyncs()).as("the first copy").isEqualTo(1);
      }
      assertThat(seen.keys).noneMatch(key -> key.utf8().startsWith("/__"));
      assertThat(sink.values()).isEqualTo(Map.of("/app/y", "2"));
      assertThat(sink.keys().values("/__replication/there/")).isEmpty();
      assertThat(sink.keys().values("/__replication/here/"))
          .isEqualTo(Map.of("/__replication/here/alone", "18"));
    }
  }

  private static void assertLevel(EtcdMirror mirror, WholeLink source, WholeLink sink)
      throws InterruptedException {
    assertThat(mirror.await(source.keys().index(), PATIENCE))
        .as(mirror.status().toString())
        .isTrue();
    assertThat(sink.values()).isEqualTo(source.values());
  }

  static Stream<Arguments> moves() {
    EtcdBinary one = EtcdBinary.all().get(0);
    EtcdBinary other = EtcdBinary.all().get(EtcdBinary.all().size() - 1);
    return Stream.of(
        Arguments.of(one, "v2", "v2", null, null),
        Arguments.of(other, "v2", "v3", null, null),
        Arguments.of(one, "v3", "v3", null, null),
        Arguments.of(other, "v3", "v2", null, null),
        Arguments.of(one, "v2", "v3", null, "/mine/index"),
        Arguments.of(other, "v3", "v3", "/mine/back", "/mine/index"),
        Arguments.of(one, "v3", "v3", "/mine/index", "/mine/index"));
  }

  @ParameterizedTest(name = "{1} {3} to {2} {4} on {0}")
  @MethodSource("moves")
  @Execution(CONCURRENT)
  void wholeKeyspaceIsCutOverThereAndBackTwice(
      EtcdBinary binary,
      String from,
      String to,
      @Nullable String checkpointFrom,
      @Nullable String checkpointTo)
      throws Exception {
    try (EtcdServer oldEtcd = EtcdServer.builder().binary(binary).start();
        EtcdServer newEtcd = EtcdServer.builder().binary(binary).start()) {
      WholeLink present = new WholeLink(from, oldEtcd, "back", checkpointFrom);
      WholeLink next = new WholeLink(to, newEtcd, "root", checkpointTo);
      present.keys().put("/app/x", "0");
      for (int move = 0; move < 4; move++) {
        Seen seen = new Seen();
        try (EtcdMirror mirror = present.to(next).listener(seen).build()) {
          mirror.start();
          present.keys().put("/app/x", "of move " + move);
          assertThat(mirror.await(present.keys().index(), PATIENCE))
              .as(mirror.status().toString())
              .isTrue();
          CutoverReport report = cutOver(mirror, present, next);
          assertThat(report.verified().isEqual()).as(report.toString()).isTrue();
          assertThat(mirror.status().counters().resyncs()).isEqualTo(move == 0 ? 1 : 0);
        }
        assertThat(data(next)).isEqualTo(Map.of("/app/x", "of move " + move));
        assertThat(data(present)).isEqualTo(Map.of("/app/x", "of move " + move));
        assertThat(seen.keys).as("move %d", move).allMatch(Bytes.utf8("/app/x")::equals);
        WholeLink former = present;
        present = next;
        next = former;
      }
    }
  }

  /** The values without the checkpoint of the link. */
  private static Map<String, String> data(WholeLink side) {
    Map<String, String> values = side.values();
    values.remove(String.valueOf(side.checkpoint()));
    return values;
  }

  private static CutoverReport cutOver(EtcdMirror mirror, WholeLink present, WholeLink next)
      throws Exception {
    try (EventSource newSource = next.source();
        IndexStore reverseStore = present.indexStore()) {
      return Cutover.builder()
          .mirror(mirror)
          .newSource(newSource)
          .reverseStore(reverseStore)
          .build()
          .run(PATIENCE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/app/index", "/__replication/inside"})
  @Execution(CONCURRENT)
  void ownIndexIsNotMirroredWithinOneCluster(String checkpoint) throws Exception {
    try (EtcdServer etcd = EtcdServer.start()) {
      WholeLink both = new WholeLink("v3", etcd, "inside", checkpoint);
      MirrorScope scope =
          MirrorScope.builder().rename("/app/", "/copy/").rename("/__", "/copied__").build();
      both.keys().put("/app/x", "1");
      both.keys().put("/__replicat", "data");
      for (int run = 1; run <= 2; run++) {
        Seen seen = new Seen();
        try (EtcdMirror mirror = both.to(both, scope).listener(seen).build()) {
          mirror.start();
          both.keys().put("/app/y", "of run " + run);
          long index = both.keys().index();
          assertThat(mirror.await(index, PATIENCE)).as(mirror.status().toString()).isTrue();
          VerifyReport report = mirror.verify();
          assertThat(report.isEqual()).as("%s %s", report, report.samples()).isTrue();
          assertThat(mirror.plan().writes() + mirror.plan().deletes()).isZero();
        }
        assertThat(seen.keys).noneMatch(key -> key.utf8().contains("index"));
        assertThat(both.keys().values("/cop"))
            .isEqualTo(
                Map.of("/copy/x", "1", "/copy/y", "of run " + run, "/copied__replicat", "data"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  @Execution(CONCURRENT)
  void keyThatWouldCollideWithAnIndexInTheSinkIsReportedNotWritten(
      String to, @Nullable String checkpoint, MirrorScope scope, String key, String inSink)
      throws Exception {
    try (EtcdServer sourceEtcd = EtcdServer.start();
        EtcdServer sinkEtcd = EtcdServer.start()) {
      WholeLink source = new WholeLink("v3", sourceEtcd, "back", null);
      WholeLink sink = new WholeLink(to, sinkEtcd, "root", checkpoint);
      source.keys().put("/src/a", "1");
      source.keys().put(key, "no index");
      try (EtcdMirror fails = source.to(sink, scope).build()) {
        assertThatThrownBy(fails::run).cause().hasMessageContaining("'" + inSink + "'");
      }
      Seen seen = new Seen();
      try (EtcdMirror skips =
          source
              .to(sink, scope)
              .unsupportedEntries(UnsupportedEntries.SKIP)
              .listener(seen)
              .build()) {
        skips.start();
        assertThat(skips.await(source.keys().index(), PATIENCE)).isTrue();
        source.keys().put(key, "still no index");
        source.keys().put("/src/b", "2");
        assertThat(skips.await(source.keys().index(), PATIENCE))
            .as(skips.status().toString())
            .isTrue();
        source.keys().delete(key);
        source.keys().delete("/src/a");
        assertThat(skips.await(source.keys().index(), PATIENCE))
            .as(skips.status().toString())
            .isTrue();
        source.keys().put(key, "and again");
        assertThat(skips.await(source.keys().index(), PATIENCE)).isTrue();
        VerifyReport report = skips.verify();
        assertThat(report.isEqual()).as("%s %s", report, report.samples()).isTrue();
        assertThat(report.unsupported()).isEqualTo(1);
        assertThat(skips.plan().unsupported()).isEqualTo(1);
      }
      assertThat(seen.unsupported).containsOnly(Bytes.utf8(inSink));
      assertThat(sink.keys().values("/").values())
          .contains("2")
          .doesNotContain("1", "no index", "still no index", "and again");
      try (IndexStore store = sink.indexStore()) {
        assertThat(store.load()).get().matches(at -> at.index() > 0);
      }
    }
  }

  static Stream<Arguments> names() {
    MirrorScope up = MirrorScope.builder().rename("/src/", "/").build();
    MirrorScope bytes = MirrorScope.builder().rename("/sr", "/__r").build();
    return Stream.of(
        Arguments.of("v3", null, up, "/src/__replication/root", "/__replication/root"),
        Arguments.of("v3", null, up, "/src/__replication", "/__replication"),
        Arguments.of("v2", null, up, "/src/__replication/x/y", "/__replication/x/y"),
        Arguments.of("v3", "/my/index", up, "/src/my/index", "/my/index"),
        Arguments.of("v3", "/src/index", MirrorScope.of(""), "/src/index", "/src/index"),
        Arguments.of("v3", "/src/index", MirrorScope.of("/src/"), "/src/index", "/src/index"),
        Arguments.of("v3", null, bytes, "/sreplication/z", "/__replication/z"));
  }
}
