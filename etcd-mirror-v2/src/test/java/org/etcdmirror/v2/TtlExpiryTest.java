package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/** Keys that expire, and keys that are refreshed beyond their first time to live. */
@Tag("long")
@Timeout(600)
@EtcdTest
class TtlExpiryTest {

  private final Mirroring pair;

  TtlExpiryTest(EtcdServer from, EtcdServer to) {
    pair = Mirroring.between(from, to);
    pair.source.put("/conf/keep", "kept");
  }

  private static EtcdMirrorBuilder copying(EtcdMirrorBuilder builder) {
    return builder.expiryPolicy(ExpiryPolicy.COPY);
  }

  private JsonNode sinkNode(String key) {
    return pair.sink.get(key, "").json().path("node");
  }

  private void put(String key, int ttl) {
    pair.source.put(key, Map.of("value", "v", "ttl", String.valueOf(ttl)));
  }

  private void refresh(String key, int ttl) {
    pair.source.put(
        key, Map.of("refresh", "true", "ttl", String.valueOf(ttl), "prevExist", "true"));
  }

  @Test
  @Execution(CONCURRENT)
  void copyWithoutTtlGoesWithTheSourcesKey() {
    try (EtcdMirror mirror = pair.started()) {
      put("/conf/lease", 10);
      pair.awaitLevel(mirror);
      assertThat(sinkNode("/conf/lease").path("value").asText()).isEqualTo("v");
      assertThat(sinkNode("/conf/lease").has("ttl")).isFalse();
      Mirroring.eventually(
          "gone", () -> assertThat(pair.sink.get("/conf/lease", "").status()).isEqualTo(404));
    }
  }

  @Test
  @Execution(CONCURRENT)
  void refreshedKeyStays() {
    try (EtcdMirror mirror = pair.started()) {
      put("/conf/lease", 8);
      long refreshedUntil = System.nanoTime() + 10_000_000_000L;
      Mirroring.eventually(
          "older than its first ttl",
          () -> {
            refresh("/conf/lease", 8);
            assertThat(System.nanoTime()).isGreaterThan(refreshedUntil);
          });
      pair.awaitLevel(mirror);
      assertThat(sinkNode("/conf/lease").path("value").asText()).isEqualTo("v");
    }
  }

  @Test
  @Execution(CONCURRENT)
  void copiedTtlExpiresWhenTheMirrorIsGone() {
    try (EtcdMirror mirror = pair.started(TtlExpiryTest::copying)) {
      put("/conf/lease", 8);
      pair.awaitLevel(mirror);
      assertThat(sinkNode("/conf/lease").path("ttl").asInt()).isBetween(1, 11);
    }
    Mirroring.eventually(
        "gone", () -> assertThat(pair.sink.get("/conf/lease", "").status()).isEqualTo(404));
  }

  @Test
  @Execution(CONCURRENT)
  void copiedTtlOfARefreshedKeyNeverExpires() {
    try (EtcdMirror mirror = pair.started(TtlExpiryTest::copying)) {
      put("/conf/lease", 8);
      pair.awaitLevel(mirror);
      long refreshedUntil = System.nanoTime() + 16_000_000_000L;
      Mirroring.eventually(
          "twice its first ttl",
          () -> {
            refresh("/conf/lease", 8);
            assertThat(pair.sink.get("/conf/lease", "").status()).isEqualTo(200);
            assertThat(System.nanoTime()).isGreaterThan(refreshedUntil);
          });
    }
  }
}
