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

/**
 * A directory that comes back without the expiry of the one before, where a scope excludes keys.
 */
@Timeout(600)
class TtlDirectoryTest {

  static List<EtcdBinary> binaries() {
    return EtcdBinary.all();
  }

  private static EtcdMirror mirror(Mirroring pair) {
    MirrorScope scope =
        MirrorScope.builder()
            .prefix(Mirroring.PREFIX)
            .exclude(Pattern.compile("/conf/own(/.*)?"))
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
}
