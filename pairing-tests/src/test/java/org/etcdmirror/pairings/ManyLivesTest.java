package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Short lives of mirrors in one process, each closed at another moment, leave nothing behind.
 * {@code -Dlives=N} lives so many with each API.
 */
@Timeout(3600)
@EtcdTest
class ManyLivesTest {

  private static final int LIVES = Integer.getInteger("lives", 25);

  /** What the first mirrors load, open and keep for all others. */
  private static final int FIRST = 5;

  private final long seed = Long.getLong("lives.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private int writes;

  ManyLivesTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void manyLivesLeaveNoThreadNoSocketAndNoFile(String kind) throws Exception {
    System.out.println("ManyLivesTest " + kind + ", seed " + seed);
    Link link = new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
    for (int i = 0; i < FIRST; i++) {
      live(link, Moment.values()[i]);
    }
    await().atMost(PATIENCE).until(() -> OpenResources.now().mirrorThreads().isEmpty());
    OpenResources before = OpenResources.now();
    for (int i = 0; i < LIVES; i++) {
      live(link, Moment.values()[random.nextInt(Moment.values().length)]);
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          OpenResources now = OpenResources.now();
          assertThat(now.isNoMoreThan(before))
              .as("seed %d: %s, before %s", seed, now, before)
              .isTrue();
        });
    live(link, Moment.LEVEL);
    link.assertEqual();
  }

  /** When a mirror is closed. */
  private enum Moment {
    AT_ONCE,
    DURING_START,
    DURING_VERIFICATION,
    BY_LISTENER,
    LEVEL,
    AFTER_SOME_WRITES
  }

  private void live(Link link, Moment moment) throws Exception {
    int calls = 1 + random.nextInt(4);
    ClosingListener listener = new ClosingListener(moment == Moment.BY_LISTENER ? calls : 0);
    try (EtcdMirror mirror = link.mirror(builder -> builder.listener(listener))) {
      listener.closes(mirror);
      write(link);
      if (moment == Moment.DURING_START) {
        closeDuringStart(mirror);
        return;
      }
      mirror.start();
      switch (moment) {
        case LEVEL -> assertThat(mirror.awaitLevel(PATIENCE)).as("%s", mirror.status()).isTrue();
        case DURING_VERIFICATION -> closeDuringVerification(mirror);
        case AFTER_SOME_WRITES -> {
          for (int i = random.nextInt(10); i > 0; i--) {
            write(link);
          }
        }
        case BY_LISTENER ->
            await()
                .atMost(PATIENCE)
                .until(() -> {
                  write(link);
                  return listener.hasClosed();
                });
        default -> {}
      }
    }
  }

  private void write(Link link) {
    writes++;
    link.source().put("/conf/" + writes % 10, "v" + writes);
  }

  private static void closeDuringStart(EtcdMirror mirror) throws Exception {
    CompletableFuture<Void> closed = CompletableFuture.runAsync(mirror::close);
    try {
      mirror.start();
    } catch (IllegalStateException closedFirst) {
      assertThat(closedFirst).hasMessageContaining("starts only once");
    }
    closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static void closeDuringVerification(EtcdMirror mirror) throws Exception {
    CompletableFuture<Object> verified =
        CompletableFuture.supplyAsync(() -> {
          try {
            return mirror.verify();
          } catch (Exception e) {
            return e;
          }
        });
    mirror.close();
    Object ended = verified.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(ended).isNotInstanceOf(PermanentException.class);
  }
}
