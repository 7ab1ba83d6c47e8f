package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorFailedException;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Sources and sinks that a mirror has closed already, and the log of a close. */
@Timeout(600)
@EtcdTest
class ClosedSourceAndSinkTest {

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final Logger log = (Logger) LoggerFactory.getLogger("org.etcdmirror");
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  ClosedSourceAndSinkTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  @BeforeEach
  void startServers() {
    logged.start();
    log.addAppender(logged);
  }

  @AfterEach
  void stopServers() {
    log.detachAppender(logged);
  }

  private Link link(String kind) {
    Link link = new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
    link.source().put("/conf/a", "1");
    return link;
  }

  private List<ILoggingEvent> warnings() {
    return List.copyOf(logged.list).stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .toList();
  }

  private void assertFailsAtOnce(EtcdMirror mirror, String what) {
    logged.list.clear();
    assertThatThrownBy(mirror::run)
        .isInstanceOf(MirrorFailedException.class)
        .hasCauseInstanceOf(ClosedException.class)
        .hasMessageContaining(what)
        .hasMessageContaining("is closed");
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED);
    assertThat(mirror.status().counters().retries()).isZero();
    assertThat(warnings().stream().filter(event -> event.getThrowableProxy() != null))
        .as("one stack trace a failure")
        .hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void sourceClosedByAnEarlierMirrorIsRefused(String kind) throws Exception {
    Link link = link(kind);
    EventSource source = link.source().source();
    link.following(builder -> builder.source(source)).close();
    assertFailsAtOnce(
        link.mirror(builder -> builder.source(source)), sourceEtcd.clientUrl().toString());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void sinkClosedByAnEarlierMirrorIsRefused(String kind) throws Exception {
    Link link = link(kind);
    EtcdMirrorBuilder twice = EtcdMirror.builder().scope(MirrorScope.of("/conf/"));
    link.source().readBy(twice);
    link.sink().writtenBy(twice);
    try (EtcdMirror first = twice.build()) {
      first.start();
      Link.awaitState(first, MirrorState.FOLLOWING);
    }
    link.source().readBy(twice);
    assertFailsAtOnce(twice.build(), sinkEtcd.clientUrl().toString());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void closeUnderLoadLogsNoWarning(String kind) throws Exception {
    Link link = link(kind);
    for (int i = 0; i < 5; i++) {
      AtomicBoolean done = new AtomicBoolean();
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(() -> {
            for (int n = 0; !done.get(); n++) {
              link.source().put("/conf/" + n % 50, "v" + n);
            }
          });
      try (EtcdMirror mirror = link.started(builder -> builder)) {
        Link.awaitState(mirror, MirrorState.FOLLOWING);
        long index = mirror.status().index();
        Link.eventually("events", () -> mirror.status().index() > index + 20);
        logged.list.clear();
        mirror.close();
        assertThat(mirror.status().state()).isEqualTo(MirrorState.STOPPED);
        assertThat(mirror.status().lastError()).isNull();
      } finally {
        done.set(true);
        writer.join();
      }
      assertThat(warnings()).isEmpty();
    }
  }
}
