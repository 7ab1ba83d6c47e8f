package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A mirror reports an index as held only if the sink holds what the source has at it. */
@Timeout(600)
@EtcdTest
class AwaitTest {

  private static final int KEYS = 20;

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  AwaitTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  private Link filled(String kind) {
    Link link = new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
    for (int i = 0; i < KEYS; i++) {
      link.source().put("/conf/" + i, "v" + i);
    }
    return link;
  }

  private static EtcdMirrorBuilder deletingAll(EtcdMirrorBuilder builder) {
    return builder.deleteLimit(DeleteLimit.percent(100));
  }

  /** Wipes the source, writes one new key, and returns the small index of the key. */
  private long wiped(Link link) {
    sourceEtcd.wipeKeepingClusterId();
    link.source().put("/conf/new", "life");
    return link.source().index();
  }

  private static void assertHeld(Link link, EtcdMirror mirror, long index) throws Exception {
    assertThat(mirror.await(index, PATIENCE)).as(mirror.status().toString()).isTrue();
    assertThat(link.sink().values("/conf/")).containsEntry("/conf/new", "life");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void awaitWaitsForTheResyncOfASourceReplacedWhileRunning(String kind) throws Exception {
    Link link = filled(kind);
    try (EtcdMirror mirror = link.following(AwaitTest::deletingAll)) {
      long held = mirror.status().index();
      long index = wiped(link);
      assertThat(index).isLessThan(held);
      assertHeld(link, mirror, index);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void awaitWaitsForTheResyncOfASourceReplacedWhileStopped(String kind) throws Exception {
    Link link = filled(kind);
    link.mirroredOnce();
    long index = wiped(link);
    try (EtcdMirror mirror = link.started(AwaitTest::deletingAll)) {
      assertHeld(link, mirror, index);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void awaitIsFalseWhileTheSourceDoesNotAnswerAtStart(String kind) throws Exception {
    Link link = filled(kind);
    link.mirroredOnce();
    long index = link.source().index();
    sourceEtcd.stop();
    EtcdMirror mirror = link.started(builder -> builder);
    try (mirror) {
      Link.eventually("the checkpoint is loaded", () -> mirror.status().index() > 0);
      assertThat(mirror.await(index, Duration.ofMillis(100))).isFalse();
    }
    assertThat(mirror.await(index, PATIENCE)).as("after the close").isFalse();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void awaitOnAClosedMirrorAnswersFromItsLastIndex(String kind) throws Exception {
    Link link = filled(kind);
    EtcdMirror mirror = link.following(builder -> builder);
    mirror.close();
    assertThat(mirror.await(link.source().index(), PATIENCE)).isTrue();
    link.source().put("/conf/late", "no");
    long began = System.nanoTime();
    assertThat(mirror.await(link.source().index(), PATIENCE)).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE);
  }
}
