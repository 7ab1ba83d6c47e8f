package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.V2Http;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Directories that expire, or come back without the expiry of the one before. */
@Timeout(600)
class TtlDirectoryTest {

  static List<EtcdBinary> binaries() {
    return EtcdBinary.all();
  }

  private static EtcdMirror mirror(Mirroring pair) {
    MirrorScope scope =
        MirrorScope.builder()
            .prefix(Mirroring.PREFIX)
            .exclude(Pattern.compile("/conf/d/mine"))
            .build();
    return pair.started(builder -> builder.scope(scope).expiryPolicy(ExpiryPolicy.COPY));
  }

  /** All that is written meanwhile comes in one batch. */
  private static void whilePaused(Mirroring pair, EtcdMirror mirror, Runnable writes) {
    mirror.pause();
    Mirroring.eventually(
        "paused", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.PAUSED));
    writes.run();
    long last = pair.source.put("/conf/keep", "again").etcdIndex();
    Mirroring.eventually(
        "read", () -> assertThat(mirror.status().sourceIndex()).isGreaterThanOrEqualTo(last));
    mirror.resume();
    pair.awaitLevel(mirror);
  }

  private static JsonNode directory(Mirroring pair) {
    return pair.sink.get("/conf/d", "").json().path("node");
  }

  /**
   * The directory of the copy has no expiry behind these writes. The first of them deletes that of
   * the source: an expiry would be the same event, but the copy might go first.
   */
  private static void assertNoExpiryBehind(EtcdBinary binary, Consumer<V2Http> writes) {
    try (Mirroring pair = Mirroring.start(binary)) {
      pair.source.put("/conf/keep", "kept");
      try (EtcdMirror mirror = mirror(pair)) {
        pair.source.put("/conf/d", Map.of("dir", "true", "ttl", "500"));
        pair.source.put("/conf/d/e/a", "1");
        pair.awaitLevel(mirror);
        assertThat(directory(pair).has("expiration")).isTrue();
        whilePaused(
            pair,
            mirror,
            () -> {
              pair.source.delete("/conf/d", "recursive=true");
              writes.accept(pair.source);
            });
        assertThat(directory(pair).path("dir").asBoolean()).isTrue();
        assertThat(directory(pair).has("expiration")).isFalse();
        pair.assertEqual();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void directoryDeletedAndWrittenIntoHasNoExpiry(EtcdBinary binary) {
    assertNoExpiryBehind(
        binary,
        source -> {
          source.put("/conf/d/e/b", "2");
          source.put("/conf/d/e/a", "3");
        });
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void directoryDeletedAndMadePermanentHasNoExpiry(EtcdBinary binary) {
    assertNoExpiryBehind(
        binary,
        source -> {
          source.put("/conf/d", Map.of("dir", "true"));
          source.put("/conf/d/e/a", "2");
        });
  }

  /** The rest of a short time to live is read again and again, in whole seconds. */
  @ParameterizedTest
  @MethodSource("binaries")
  void shortLivedDirectoryGoesAndTheMirrorGoesOn(EtcdBinary binary) {
    try (Mirroring pair = Mirroring.start(binary)) {
      pair.source.put("/conf/keep", "kept");
      pair.source.put("/conf/before", Map.of("dir", "true", "ttl", "4"));
      try (EtcdMirror mirror = mirror(pair)) {
        pair.source.put("/conf/d", Map.of("dir", "true", "ttl", "4"));
        pair.source.put("/conf/d/a", "1");
        pair.awaitLevel(mirror);
        Mirroring.eventually(
            "both have gone",
            () ->
                assertThat(pair.source.tree("/conf"))
                    .doesNotContainKeys("/conf/d/", "/conf/before/"));
        pair.source.put("/conf/keep", "again");
        pair.awaitLevel(mirror);
        pair.assertEqual();
        assertThat(mirror.status().counters().resyncs()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void directoryThatStaysForKeysOfOthersLosesItsExpiry(EtcdBinary binary) {
    try (Mirroring pair = Mirroring.start(binary)) {
      pair.source.put("/conf/keep", "kept");
      pair.source.put("/conf/d", Map.of("dir", "true", "ttl", "500"));
      try (EtcdMirror mirror = mirror(pair)) {
        pair.awaitLevel(mirror);
        pair.sink.put("/conf/d/mine", "of others");
        assertThat(directory(pair).has("expiration")).isTrue();
        pair.source.delete("/conf/d", "dir=true");
        if (pair.sinkEtcd.version().startsWith("3.5")) {
          Mirroring.eventually(
              "refused",
              () ->
                  assertThat(mirror.status().lastError())
                      .contains("etcd 3.5 cannot change the expiry of a directory"));
          assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED);
        } else {
          pair.awaitLevel(mirror);
          assertThat(directory(pair).has("expiration")).isFalse();
        }
        assertThat(pair.sink.tree("/conf")).containsEntry("/conf/d/mine", "of others");
      }
    }
  }
}
