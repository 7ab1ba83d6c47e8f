package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sink does not change from the moment at which a pause has returned. */
@Timeout(600)
@EtcdTest
class PauseTest {

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  PauseTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  private Link link(String kind) {
    return new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
  }

  /** Only waiting can reveal a write that is still on its way. */
  private static void assertNothingIsWritten(Link link, long index) {
    for (int i = 0; i < 10; i++) {
      assertThat(link.sink().index()).isEqualTo(index);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void sinkDoesNotChangeAfterPauseWhileEventsArrive(String kind) throws Exception {
    Link link = link(kind);
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> writer = CompletableFuture.completedFuture(null);
    try (EtcdMirror mirror = link.following(builder -> builder)) {
      writer = CompletableFuture.runAsync(() -> writeUntil(link, done));
      for (int i = 0; i < 5; i++) {
        long before = mirror.status().index();
        Link.eventually("events", () -> mirror.status().index() > before + 20);
        assertThat(mirror.pause()).isTrue();
        assertThat(mirror.status().state()).isEqualTo(MirrorState.PAUSED);
        assertNothingIsWritten(link, link.sink().index());
        mirror.resume();
      }
      done.set(true);
      writer.get(1, TimeUnit.MINUTES);
      link.awaitEqual(mirror);
    } finally {
      done.set(true);
    }
  }

  private static void writeUntil(Link link, AtomicBoolean done) {
    for (int i = 0; !done.get(); i++) {
      link.source().put("/conf/" + i % 50, "v" + i);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void sinkDoesNotChangeAfterPauseDuringAFirstCopy(String kind) throws Exception {
    Link link = link(kind);
    for (int i = 0; i < 4000; i++) {
      link.source().put("/conf/" + i, "v");
    }
    try (EtcdMirror mirror = link.started(builder -> builder)) {
      Link.eventually("the copy begins", () -> !link.sink().values("/conf/").isEmpty());
      assertThat(mirror.pause()).isTrue();
      assertNothingIsWritten(link, link.sink().index());
      mirror.resume();
      link.awaitEqual(mirror);
      Link.awaitState(mirror, MirrorState.FOLLOWING);
    }
  }
}
