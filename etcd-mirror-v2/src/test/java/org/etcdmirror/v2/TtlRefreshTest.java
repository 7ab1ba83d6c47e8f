package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/** A key stays in the sink as long as its owner refreshes it in the source. */
@Tag("long")
@Timeout(600)
@EtcdTest
class TtlRefreshTest {

  private final Mirroring pair;

  TtlRefreshTest(EtcdServer from, EtcdServer to) {
    pair = Mirroring.between(from, to);
  }

  private static String key(int number) {
    return "/conf/lease" + number;
  }

  private void putKeys(int count, int ttl) {
    pair.source.put("/conf/keep", "kept");
    for (int i = 0; i < count; i++) {
      pair.source.put(key(i), Map.of("value", "v", "ttl", String.valueOf(ttl)));
    }
  }

  private void refreshKeys(int count, int ttl) {
    for (int i = 0; i < count; i++) {
      pair.source.put(
          key(i), Map.of("refresh", "true", "ttl", String.valueOf(ttl), "prevExist", "true"));
    }
  }

  private List<String> keysInSink() {
    List<String> keys = new ArrayList<>();
    for (JsonNode node : pair.sink.get("/conf", "").json().path("node").path("nodes")) {
      if (node.path("key").asText().startsWith("/conf/lease")) {
        keys.add(node.path("key").asText());
      }
    }
    return keys;
  }

  /** Refreshes at this pace for as long as four lives, and looks much more often. */
  private void assertNeverMissing(int count, int ttl, Duration pace) {
    Duration howLong = Duration.ofSeconds(4 * ttl);
    long begin = System.nanoTime();
    long[] nextRefresh = {begin};
    await("the keys are refreshed for " + howLong)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .failFast(() -> {
          if (System.nanoTime() - nextRefresh[0] >= 0) {
            nextRefresh[0] += pace.toNanos();
            refreshKeys(count, ttl);
          }
          List<String> inSink = keysInSink();
          assertThat(inSink)
              .as("%d s after the first", (System.nanoTime() - begin) / 1_000_000_000)
              .hasSize(count);
        })
        .until(() -> System.nanoTime() - begin > howLong.toNanos());
  }

  private EtcdMirror copying() {
    return pair.started(builder -> builder.expiryPolicy(ExpiryPolicy.COPY));
  }

  @Test
  @Execution(CONCURRENT)
  void tenQuietKeysStay() {
    putKeys(10, 6);
    try (EtcdMirror mirror = copying()) {
      long resyncs = mirror.status().counters().resyncs();
      assertNeverMissing(10, 6, Duration.ofSeconds(1));
      assertThat(mirror.status().counters().resyncs()).isEqualTo(resyncs);
    }
  }

  @Test
  @Execution(CONCURRENT)
  void seldomRefreshedKeysStay() {
    putKeys(5, 9);
    try (EtcdMirror mirror = copying()) {
      long resyncs = mirror.status().counters().resyncs();
      assertNeverMissing(5, 9, Duration.ofSeconds(3));
      assertThat(mirror.status().counters().resyncs()).isEqualTo(resyncs);
    }
  }

  @Test
  @Execution(CONCURRENT)
  void keysStayWhileOthersAreRefreshedAllTheTime() throws Exception {
    putKeys(10, 6);
    pair.source.put("/other/lock", Map.of("value", "v", "ttl", "60"));
    AtomicBoolean over = new AtomicBoolean();
    Thread others =
        new Thread(() -> {
          Map<String, String> refresh = Map.of("refresh", "true", "ttl", "60", "prevExist", "true");
          while (!over.get()) {
            pair.source.put("/other/lock", refresh);
          }
        });
    others.start();
    try (EtcdMirror mirror = copying()) {
      long resyncs = mirror.status().counters().resyncs();
      assertNeverMissing(10, 6, Duration.ofSeconds(1));
      assertThat(mirror.status().counters().resyncs()).isEqualTo(resyncs);
    } finally {
      over.set(true);
      others.join(TimeUnit.MINUTES.toMillis(1));
    }
  }
}
