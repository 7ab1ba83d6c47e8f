package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdGrpcProxy;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both sides are behind an {@code etcd grpc-proxy}. */
@Tag("long")
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class GrpcProxyMirrorTest {

  private static final String PREFIX = "/conf/";

  @TempDir private Path directory;

  private final List<AutoCloseable> open = new ArrayList<>();
  private Access user = Access.ANONYMOUS;
  private EtcdServer source;
  private EtcdServer sink;
  private URI sourceProxy;
  private URI sinkProxy;

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  @BeforeEach
  void writePassword() throws Exception {
    Files.writeString(directory.resolve("password"), "secret\n");
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private void start(EtcdBinary binary, String... flags) {
    source = server(binary, flags);
    sink = server(binary, flags);
    sourceProxy = proxy(binary, source);
    sinkProxy = proxy(binary, sink);
  }

  private EtcdServer server(EtcdBinary binary, String... flags) {
    EtcdServer etcd = EtcdServer.builder().binary(binary).enableV2(false).extraFlags(flags).start();
    open.add(etcd);
    return etcd;
  }

  private URI proxy(EtcdBinary binary, EtcdServer etcd) {
    EtcdGrpcProxy proxy = EtcdGrpcProxy.start(binary, etcd.clientUrl(), "--max-send-bytes=9000000");
    open.add(proxy);
    return proxy.url();
  }

  private EtcdMirror mirror(UnsupportedEntries unsupported) {
    return EtcdMirror.builder()
        .source(V3Source.builder().endpoints(sourceProxy.toString()).access(user).build())
        .sink(V3Sink.builder().endpoints(sinkProxy.toString()).access(user).build())
        .link("test")
        .scope(MirrorScope.of(PREFIX))
        .unsupportedEntries(unsupported)
        .build();
  }

  private static void awaitValue(EtcdMirror mirror, V3Http sink, String key, String value) {
    V3Mirroring.eventually(
        key + " is '" + value + "'",
        () ->
            assertThat(sink.values(PREFIX))
                .as(mirror.status().toString())
                .containsEntry(Bytes.utf8(key), Bytes.utf8(value)));
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void expiredTokensAreRenewedOnBothSides(EtcdBinary binary) throws Exception {
    start(binary, "--auth-token-ttl=2");
    user = new Access("root", directory.resolve("password"), null, null, null);
    V3Http from = new V3Http(source.clientUrl());
    V3Http to = new V3Http(sink.clientUrl());
    from.put("/conf/a", "0");
    from.enableAuth("secret");
    to.enableAuth("secret");
    FaultProxy way = FaultProxy.to(sourceProxy);
    open.add(way);
    sourceProxy = way.url();
    try (EtcdMirror mirror = mirror(UnsupportedEntries.FAIL)) {
      mirror.start();
      for (int round = 1; round <= 3; round++) {
        // Longer than the token's time to live.
        await().pollDelay(Duration.ofSeconds(5)).atMost(PATIENCE).until(() -> true);
        if (round > 1) {
          // Forces a new watch.
          way.cutAll();
        }
        String value = Integer.toString(round);
        from.as("root", "secret").put("/conf/a", value);
        awaitValue(mirror, to.as("root", "secret"), "/conf/a", value);
      }
      assertThat(mirror.status().counters().gaps()).isZero();
    }
  }

  /**
   * The restarted server refuses the proxy's watch for its lost token, and the client is not told.
   */
  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void watchLostByGrpcProxyIsNotMistakenForQuietPrefix(EtcdBinary binary) throws Exception {
    start(binary, "--auth-token-ttl=2");
    user = new Access("root", directory.resolve("password"), null, null, null);
    V3Http from = new V3Http(source.clientUrl());
    V3Http to = new V3Http(sink.clientUrl());
    from.put("/conf/a", "0");
    from.enableAuth("secret");
    to.enableAuth("secret");
    try (EtcdMirror mirror = mirror(UnsupportedEntries.FAIL)) {
      mirror.start();
      awaitValue(mirror, to.as("root", "secret"), "/conf/a", "0");
      source.restart();
      from.as("root", "secret").put("/conf/a", "1");
      V3Mirroring.eventually(
          "mirrored, or retrying",
          () ->
              assertThat(
                      mirror.status().state() == MirrorState.RETRYING
                          || to.as("root", "secret").values(PREFIX).containsValue(Bytes.utf8("1")))
                  .as(mirror.status().toString())
                  .isTrue());
    }
  }

  /** The gRPC proxy does not forward progress requests. */
  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void indexOfQuietPrefixAdvancesBehindGrpcProxy(EtcdBinary binary) throws Exception {
    start(binary);
    V3Http from = new V3Http(source.clientUrl());
    from.put("/conf/a", "0");
    try (EtcdMirror mirror = mirror(UnsupportedEntries.FAIL)) {
      mirror.start();
      awaitValue(mirror, new V3Http(sink.clientUrl()), "/conf/a", "0");
      long foreign = from.put("/other", "1");
      assertThat(mirror.await(foreign, PATIENCE)).as(mirror.status().toString()).isTrue();
      assertThat(mirror.status().counters().gaps()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void compactionWhileMirrorIsStoppedCausesOneGap(EtcdBinary binary) throws Exception {
    start(binary);
    V3Http from = new V3Http(source.clientUrl());
    V3Http to = new V3Http(sink.clientUrl());
    from.put("/conf/a", "1");
    from.put("/conf/gone", "1");
    try (EtcdMirror mirror = mirror(UnsupportedEntries.FAIL)) {
      mirror.start();
      awaitValue(mirror, to, "/conf/gone", "1");
      assertThat(mirror.await(from.revision(), PATIENCE)).isTrue();
    }
    from.commit(List.of(Write.delete(Bytes.utf8("/conf/gone"))));
    from.put("/conf/a", "2");
    from.compact(from.revision());
    try (EtcdMirror mirror = mirror(UnsupportedEntries.FAIL)) {
      mirror.start();
      awaitValue(mirror, to, "/conf/a", "2");
      V3Mirroring.eventually(
          "level", () -> assertThat(to.values(PREFIX)).isEqualTo(from.values(PREFIX)));
      V3Mirroring.eventually(
          "following", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING));
      assertThat(mirror.status().counters().gaps()).isOne();
      from.put("/conf/b", "3");
      awaitValue(mirror, to, "/conf/b", "3");
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void batchesShrinkToSinkLimitsAndOversizedValuesAreNamed(EtcdBinary binary) throws Exception {
    source = server(binary, "--max-request-bytes=4000000");
    sink = server(binary, "--max-txn-ops=16");
    sourceProxy = proxy(binary, source);
    sinkProxy = proxy(binary, sink);
    V3Http from = new V3Http(source.clientUrl());
    V3Http to = new V3Http(sink.clientUrl());
    for (int i = 0; i < 200; i++) {
      from.put("/conf/" + i, "v");
    }
    try (EtcdMirror mirror = mirror(UnsupportedEntries.SKIP)) {
      mirror.start();
      assertThat(mirror.await(from.revision(), PATIENCE)).isTrue();
      from.put("/conf/0", "x".repeat(1_600_000));
      from.put("/conf/1", "later");
      awaitValue(mirror, to, "/conf/1", "later");
      assertThat(to.values(PREFIX)).hasSize(199).doesNotContainKey(Bytes.utf8("/conf/0"));
      assertThat(mirror.status().counters().unsupportedEntries()).isPositive();
    }
    from.put("/conf/2", "x".repeat(1_600_000));
    try (EtcdMirror mirror = mirror(UnsupportedEntries.FAIL)) {
      assertThatThrownBy(mirror::run)
          .hasCauseInstanceOf(UnsupportedEntryException.class)
          .hasStackTraceContaining("the value is too large: 1600000 bytes")
          .hasStackTraceContaining("--max-request-bytes");
    }
  }
}
