package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A sink that is wiped or restored: it is detected and resynced, not taken for a rival mirror. */
@Tag("long")
@Timeout(600)
@EtcdTest
class RolledBackSinkTest {

  /** The change that the sink suffers. */
  enum Change {
    PUT_BACK,
    WIPED,
    REPLACED
  }

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final List<Gap.Reason> gaps = new CopyOnWriteArrayList<>();

  RolledBackSinkTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  static Stream<Arguments> changes() {
    return kinds().stream()
        .flatMap(kind -> Stream.of(Change.values()).map(change -> Arguments.of(kind, change)));
  }

  private Link link(String kind) {
    Link link = new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
    put(link, "a", 20);
    return link;
  }

  private static void put(Link link, String name, int keys) {
    for (int i = 0; i < keys; i++) {
      link.source().put("/conf/" + name + "/" + i, "v" + i);
    }
  }

  private UnaryOperator<EtcdMirrorBuilder> listening(UnaryOperator<EtcdMirrorBuilder> options) {
    MirrorListener listener =
        new MirrorListener() {
          @Override
          public void onGap(Gap gap, RecoveryPolicy.Decision decision) {
            gaps.add(gap.reason());
          }
        };
    return builder -> options.apply(builder.listener(listener));
  }

  private void make(Change change, SinkCopy copy) throws IOException {
    switch (change) {
      case PUT_BACK -> copy.putBack();
      case WIPED -> sinkEtcd.wipeKeepingClusterId();
      case REPLACED -> sinkEtcd.wipe();
    }
  }

  private void assertHealed(Link link, EtcdMirror mirror) throws Exception {
    Link.eventually("noticed", () -> gaps.contains(Gap.Reason.SINK_ROLLED_BACK));
    Link.awaitState(mirror, MirrorState.FOLLOWING);
    link.awaitEqual(mirror);
    link.source().put("/conf/later", "goes on");
    link.source().delete("/conf/a/3");
    link.awaitEqual(mirror);
    Link.eventually("the gap is recorded", () -> !mirror.status().gaps().isEmpty());
    assertThat(gaps).containsOnly(Gap.Reason.SINK_ROLLED_BACK);
  }

  @ParameterizedTest
  @MethodSource("changes")
  @Execution(CONCURRENT)
  void rolledBackSinkIsRepairedWhileTheSourceIsQuiet(String kind, Change change) throws Exception {
    Link link = link(kind);
    try (EtcdMirror mirror = link.following(listening(builder -> builder))) {
      SinkCopy copy = SinkCopy.of(sinkEtcd);
      put(link, "behind", 30);
      link.source().delete("/conf/a/7");
      link.awaitEqual(mirror);
      make(change, copy);
      assertHealed(link, mirror);
    }
  }

  /** As after a lost disk: the mirror fills an empty sink, and the backup comes back later. */
  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void restoredBackupAheadOfTheWipedSinkIsRepaired(String kind) throws Exception {
    Link link = link(kind);
    try (EtcdMirror mirror = link.following(listening(builder -> builder))) {
      for (int i = 0; i < 60; i++) {
        link.source().put("/conf/often", "v" + i);
      }
      link.awaitEqual(mirror);
      SinkCopy copy = SinkCopy.of(sinkEtcd);
      sinkEtcd.wipeKeepingClusterId();
      assertHealed(link, mirror);
      gaps.clear();
      copy.putBack();
      assertHealed(link, mirror);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void restoredBackupOfAnEarlierRunAheadOfTheSinkIsRepaired(String kind) throws Exception {
    Link link = link(kind);
    SinkCopy copy;
    try (EtcdMirror mirror = link.following(listening(builder -> builder))) {
      for (int i = 0; i < 60; i++) {
        link.source().put("/conf/often", "v" + i);
      }
      link.awaitEqual(mirror);
      copy = SinkCopy.of(sinkEtcd);
    }
    sinkEtcd.wipeKeepingClusterId();
    try (EtcdMirror mirror = link.following(listening(builder -> builder))) {
      link.source().put("/conf/new", "1");
      link.awaitEqual(mirror);
      gaps.clear();
      copy.putBack();
      assertHealed(link, mirror);
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  @Execution(CONCURRENT)
  void rolledBackSinkIsRepairedWhileTheSourceIsBusy(String kind, Change change) throws Exception {
    Link link = link(kind);
    AtomicBoolean enough = new AtomicBoolean();
    try (EtcdMirror mirror = link.following(listening(builder -> builder))) {
      SinkCopy copy = SinkCopy.of(sinkEtcd);
      put(link, "behind", 30);
      link.awaitEqual(mirror);
      Thread writer =
          new Thread(
              () -> {
                for (int i = 0; !enough.get(); i++) {
                  link.source().put("/conf/busy/" + i % 50, "v" + i);
                }
              },
              "busy");
      writer.start();
      try {
        make(change, copy);
        Link.eventually("noticed", () -> gaps.contains(Gap.Reason.SINK_ROLLED_BACK));
      } finally {
        enough.set(true);
        writer.join();
      }
      assertHealed(link, mirror);
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  @Execution(CONCURRENT)
  void nextRunRepairsASinkRolledBackWhileTheMirrorWasStopped(String kind, Change change)
      throws Exception {
    Link link = link(kind);
    link.mirroredOnce();
    SinkCopy copy = SinkCopy.of(sinkEtcd);
    put(link, "behind", 30);
    link.source().delete("/conf/a/7");
    link.mirroredOnce();
    make(change, copy);
    try (EtcdMirror mirror = link.following(listening(builder -> builder))) {
      link.source().put("/conf/later", "goes on");
      link.awaitEqual(mirror);
      assertThat(gaps).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  @Execution(CONCURRENT)
  void pendingApprovalIsReevaluatedWhenTheSinkIsRolledBack(String kind, Change change)
      throws Exception {
    Link link = link(kind);
    UnaryOperator<EtcdMirrorBuilder> careful =
        builder -> builder.deleteLimit(new DeleteLimit(5, 5, false));
    try (EtcdMirror mirror = link.following(listening(builder -> builder))) {
      assertThat(mirror.status().gaps()).isEmpty();
    }
    SinkCopy copy = SinkCopy.of(sinkEtcd);
    sourceEtcd.wipeKeepingClusterId();
    link.source().put("/conf/a/1", "v1");
    try (EtcdMirror mirror = link.started(listening(careful))) {
      Link.awaitState(mirror, MirrorState.BLOCKED);
      make(change, copy);
      if (change == Change.PUT_BACK) {
        // The approval is still pending; nothing is deleted.
        Link.eventually("noticed", () -> gaps.contains(Gap.Reason.SINK_ROLLED_BACK));
        Link.awaitState(mirror, MirrorState.BLOCKED);
        assertThat(link.sink().values("/conf/")).hasSize(20);
      } else {
        Link.eventually("noticed", () -> gaps.contains(Gap.Reason.SINK_ROLLED_BACK));
        Link.awaitState(mirror, MirrorState.FOLLOWING);
        link.awaitEqual(mirror);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  @Execution(CONCURRENT)
  void rollbackDuringAPauseIsStoredAndRepairedAfterResume(String kind, Change change)
      throws Exception {
    Link link = link(kind);
    try (EtcdMirror mirror = link.following(listening(builder -> builder));
        IndexStore looking = link.sink().indexStore()) {
      SinkCopy copy = SinkCopy.of(sinkEtcd);
      put(link, "behind", 30);
      link.awaitEqual(mirror);
      mirror.pause();
      Link.awaitState(mirror, MirrorState.PAUSED);
      make(change, copy);
      Link.eventually(
          "stored",
          () ->
              looking
                  .load()
                  .map(Checkpoint::notes)
                  .filter(notes -> notes.getOrDefault("must-compare", "").contains("ROLLED_BACK"))
                  .isPresent());
      mirror.resume();
      assertHealed(link, mirror);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void sinkWipedDuringAFirstCopyIsRepaired(String kind) throws Exception {
    Link link = new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
    put(link, "many", 3_000);
    try (EtcdMirror mirror = link.started(listening(builder -> builder))) {
      Link.eventually("begun", () -> !link.sink().values("/conf/").isEmpty());
      sinkEtcd.wipeKeepingClusterId();
      Link.awaitState(mirror, MirrorState.FOLLOWING);
      Link.eventually(
          "equal", () -> link.sink().values("/conf/").equals(link.source().values("/conf/")));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void failPolicyEndsTheMirrorWhenTheSinkIsWiped(String kind) throws Exception {
    Link link = link(kind);
    try (EtcdMirror mirror =
        link.following(listening(b -> b.recoveryPolicy(RecoveryPolicy.fail())))) {
      sinkEtcd.wipeKeepingClusterId();
      Link.awaitState(mirror, MirrorState.FAILED);
      assertThat(mirror.status().lastError()).contains("the sink was wiped");
    }
    try (EtcdMirror mirror = link.following(builder -> builder)) {
      link.awaitEqual(mirror);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void rivalMirrorEndsTheMirrorWhileTheSourceIsQuiet(String kind) throws Exception {
    Link link = link(kind);
    try (EtcdMirror mirror = link.following(listening(builder -> builder));
        IndexStore rival = link.sink().indexStore()) {
      rival.save(rival.load().orElseThrow());
      Link.awaitState(mirror, MirrorState.FAILED);
      assertThat(mirror.status().lastError()).contains("run one mirror for each link");
      assertThat(gaps).isEmpty();
    }
  }

  @Test
  @Execution(CONCURRENT)
  void manuallyChangedV2IndexEndsTheMirrorWhileTheSourceIsQuiet() throws Exception {
    Link link = link("v2");
    try (EtcdMirror mirror = link.following(listening(builder -> builder))) {
      new V2Http(sinkEtcd.clientUrl()).put("/__replication/conf", "1");
      Link.awaitState(mirror, MirrorState.FAILED);
      assertThat(mirror.status().lastError())
          .contains("another mirror changed the index", "found '1'");
    }
  }
}
