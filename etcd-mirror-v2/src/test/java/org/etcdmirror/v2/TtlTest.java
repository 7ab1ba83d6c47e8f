package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Times to live under both policies; {@link TtlExpiryTest} lets them end. */
@Tag("long")
@Timeout(600)
class TtlTest {

  private static Mirroring pair;

  @BeforeAll
  static void startServers() {
    pair = Mirroring.start();
  }

  @AfterAll
  static void stopServers() {
    pair.close();
  }

  @BeforeEach
  void startWithOneKey() {
    pair.source.put("/conf/keep", "kept");
  }

  @AfterEach
  void clear() {
    pair.source.delete("/conf", "recursive=true");
    pair.sink.delete("/conf", "recursive=true");
    pair.sink.delete("/__replication", "recursive=true");
  }

  private static EtcdMirrorBuilder copying(EtcdMirrorBuilder builder) {
    return builder.expiryPolicy(ExpiryPolicy.COPY);
  }

  private static JsonNode sinkNode(String key) {
    return pair.sink.get(key, "").json().path("node");
  }

  private static void put(String key, int ttl) {
    pair.source.put(key, Map.of("value", "v", "ttl", String.valueOf(ttl)));
  }

  private static void refresh(String key, int ttl) {
    pair.source.put(
        key, Map.of("refresh", "true", "ttl", String.valueOf(ttl), "prevExist", "true"));
  }

  @Test
  void copyPolicyCopiesTtlOfExistingKeysAndDirectories() {
    put("/conf/lease", 100);
    pair.source.put("/conf/dir", Map.of("dir", "true", "ttl", "100"));
    pair.source.put("/conf/dir/x", "1");
    try (EtcdMirror mirror = pair.started(TtlTest::copying)) {
      pair.awaitLevel(mirror);
      assertThat(sinkNode("/conf/lease").path("ttl").asInt()).isBetween(40, 103);
      assertThat(sinkNode("/conf/dir").path("ttl").asInt()).isBetween(40, 103);
      assertThat(sinkNode("/conf/keep").has("ttl")).isFalse();
    }
  }

  @Test
  void copyPolicyProlongsKeyRefreshedWhileMirrorWasStopped() {
    put("/conf/lease", 40);
    pair.started(TtlTest::copying).close();
    refresh("/conf/lease", 90);
    try (EtcdMirror mirror = pair.started(TtlTest::copying)) {
      Mirroring.eventually(
          "prolonged",
          () -> assertThat(sinkNode("/conf/lease").path("ttl").asInt()).isGreaterThan(60));
      assertThat(mirror.status().counters().gaps()).isZero();
    }
  }

  /** The implicit directory of a key that was put and deleted must not remove the expiry. */
  @Test
  void copyPolicyKeepsDirectoryTtlWhenKeyInItIsPutAndDeleted() {
    pair.source.put("/conf/svc", Map.of("dir", "true", "ttl", "100"));
    pair.source.put("/conf/svc/a", "1");
    try (EtcdMirror mirror = pair.started(TtlTest::copying)) {
      assertThat(sinkNode("/conf/svc").path("ttl").asInt()).isBetween(1, 103);
      mirror.pause();
      Mirroring.eventually(
          "paused", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.PAUSED));
      pair.source.put("/conf/svc/b", "1");
      pair.source.delete("/conf/svc/b", "");
      pair.source.put("/conf/keep", "again");
      mirror.resume();
      pair.awaitLevel(mirror);
      assertThat(sinkNode("/conf/svc").path("ttl").asInt()).isBetween(1, 103);
    }
  }

  /**
   * A directory made permanent while the mirror was stopped becomes permanent in the sink, as well.
   */
  @Test
  void copyPolicyRemovesTtlOfDirectoryMadePermanentDuringDowntime() {
    pair.source.put("/conf/svc", Map.of("dir", "true", "ttl", "100"));
    pair.source.put("/conf/svc/a", "1");
    pair.started(TtlTest::copying).close();
    assertThat(sinkNode("/conf/svc").has("ttl")).isTrue();
    pair.source.put("/conf/svc", Map.of("dir", "true", "prevExist", "true"));
    pair.source.put("/conf/svc/b", "1");
    try (EtcdMirror mirror = pair.started(TtlTest::copying)) {
      pair.awaitLevel(mirror);
      assertThat(sinkNode("/conf/svc").has("ttl")).isFalse();
      assertThat(sinkNode("/conf/svc/b").path("value").asText()).isEqualTo("1");
    }
  }

  @Test
  void leavingCopyPolicyRemovesDirectoryTtlDespiteWritesIntoIt() {
    pair.source.put("/conf/svc", Map.of("dir", "true", "ttl", "300"));
    pair.source.put("/conf/svc/a", "1");
    pair.started(TtlTest::copying).close();
    pair.source.put("/conf/svc/a", "2");
    try (EtcdMirror mirror = pair.started()) {
      Mirroring.eventually("no ttl", () -> assertThat(sinkNode("/conf/svc").has("ttl")).isFalse());
      pair.awaitLevel(mirror);
      assertThat(sinkNode("/conf/svc/a").path("value").asText()).isEqualTo("2");
    }
  }

  /** The keys expire in the sink when the mirror is stopped for longer than their ttl. */
  @Test
  void copyPolicyRestoresRefreshedKeysThatExpiredInSink() {
    put("/conf/lease", 300);
    pair.source.put("/conf/svc", Map.of("dir", "true", "ttl", "300"));
    pair.source.put("/conf/svc/a", "1");
    pair.started(TtlTest::copying).close();
    // This simulates their expiry.
    pair.sink.delete("/conf/lease", "");
    pair.sink.delete("/conf/svc", "recursive=true");
    refresh("/conf/lease", 400);
    try (EtcdMirror mirror = pair.mirror(TtlTest::copying)) {
      mirror.start();
      Mirroring.eventually("back", pair::assertEqual);
    }
  }

  @Test
  void leavingCopyPolicyRemovesKeyTtlInSink() {
    put("/conf/lease", 90);
    pair.started(TtlTest::copying).close();
    try (EtcdMirror mirror = pair.started()) {
      Mirroring.eventually(
          "no ttl", () -> assertThat(sinkNode("/conf/lease").has("ttl")).isFalse());
      assertThat(sinkNode("/conf/lease").path("value").asText()).isEqualTo("v");
      assertThat(mirror.status().counters().gaps()).isEqualTo(1);
    }
  }
}
