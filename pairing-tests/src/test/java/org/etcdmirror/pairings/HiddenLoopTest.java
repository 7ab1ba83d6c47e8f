package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mirrors that read their own writes because a proxy with a namespace renames the keys. */
@Timeout(600)
class HiddenLoopTest {

  @TempDir private Path directory;

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  private static EtcdMirror mirror(URI source, URI sink, String from, String to) {
    return EtcdMirror.builder()
        .source(V3Source.builder().endpoints(source.toString()).build())
        .sink(V3Sink.builder().endpoints(sink.toString()).build())
        .link("looping")
        .scope(MirrorScope.builder().rename(from, to).build())
        .build();
  }

  private static void assertStops(EtcdMirror mirror, String says) {
    Awaitility.await().atMost(PATIENCE).until(() -> mirror.status().state() == MirrorState.FAILED);
    assertThat(mirror.status().lastError()).contains("reads its own writes", says);
  }

  private static long keys(V3Http etcd) {
    return etcd.values("/").size();
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void loopWithGrowingNamesThroughASinkNamespaceIsDetected(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        GrpcProxy proxy = new GrpcProxy(binary, etcd, "/a", directory);
        EtcdMirror mirror = mirror(etcd.clientUrl(), proxy.url(), "/a/", "/b/")) {
      V3Http keys = new V3Http(etcd.clientUrl());
      for (int i = 0; i < 10; i++) {
        keys.put("/a/k" + i, "v");
      }
      mirror.start();
      assertStops(mirror, "");
      assertThat(keys(keys)).isLessThan(60);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void loopOntoTheSameKeyThroughASinkNamespaceIsDetected(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        GrpcProxy proxy = new GrpcProxy(binary, etcd, "/a", directory);
        EtcdMirror mirror = mirror(etcd.clientUrl(), proxy.url(), "/a/b/", "/b/")) {
      V3Http keys = new V3Http(etcd.clientUrl());
      long index = keys.put("/a/b/k", "v");
      mirror.start();
      assertThat(mirror.await(index, PATIENCE)).as(mirror.status().toString()).isTrue();
      keys.put("/a/b/l", "v");
      assertStops(mirror, "source and sink are the same cluster");
      assertThat(keys.revision()).isLessThan(60);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void loopThroughASourceNamespaceIsDetected(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        GrpcProxy proxy = new GrpcProxy(binary, etcd, "/a", directory);
        EtcdMirror mirror = mirror(proxy.url(), etcd.clientUrl(), "/x/", "/a/x/x/")) {
      V3Http keys = new V3Http(etcd.clientUrl());
      keys.put("/a/x/k", "v");
      mirror.start();
      keys.put("/a/x/l", "v");
      assertStops(mirror, "source and sink are the same cluster");
      assertThat(keys(keys)).isLessThan(60);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void loopOfTwoMirrorsIsDetected(EtcdBinary binary) throws Exception {
    try (EtcdServer one = EtcdServer.builder().binary(binary).start();
        EtcdServer other = EtcdServer.builder().binary(binary).start();
        GrpcProxy proxy = new GrpcProxy(binary, other, "/n", directory);
        EtcdMirror there = mirror(one.clientUrl(), proxy.url(), "/a/", "/a/");
        EtcdMirror back = mirror(other.clientUrl(), one.clientUrl(), "/n/", "/a/back/")) {
      V3Http keys = new V3Http(one.clientUrl());
      keys.put("/a/k", "v");
      there.start();
      back.start();
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(List.of(there.status().state(), back.status().state()))
                  .as("%s and %s holding %s", there.status(), back.status(), keys.values("/"))
                  .contains(MirrorState.FAILED));
      assertThat(keys(keys)).isLessThan(200);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void chainedMirrorsThroughANamespaceKeepFollowing(EtcdBinary binary) throws Exception {
    try (EtcdServer a = EtcdServer.builder().binary(binary).start();
        EtcdServer b = EtcdServer.builder().binary(binary).start();
        EtcdServer c = EtcdServer.builder().binary(binary).start();
        GrpcProxy proxy = new GrpcProxy(binary, b, "/n", directory);
        EtcdMirror first = mirror(a.clientUrl(), proxy.url(), "/a/", "/a/");
        EtcdMirror second = mirror(b.clientUrl(), c.clientUrl(), "/n/", "/n/")) {
      V3Http keys = new V3Http(a.clientUrl());
      keys.put("/a/k", "v");
      first.start();
      second.start();
      // Names that only look alike, each written when the one before has arrived.
      String name = "/a/k";
      for (int i = 0; i < 8; i++) {
        name = "/a" + name;
        long index = keys.put(name, "v");
        assertThat(first.await(index, PATIENCE)).as(first.status().toString()).isTrue();
      }
      assertThat(second.await(new V3Http(b.clientUrl()).revision(), PATIENCE))
          .as(second.status().toString())
          .isTrue();
      assertThat(new V3Http(c.clientUrl()).values("/n/a/"))
          .containsEntry(Bytes.utf8("/n" + name), Bytes.utf8("v"));
      assertThat(first.status().state()).isEqualTo(MirrorState.FOLLOWING);
      assertThat(second.status().state()).isEqualTo(MirrorState.FOLLOWING);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Execution(CONCURRENT)
  void copyWithinOneClusterThroughANamespaceKeepsFollowing(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        GrpcProxy proxy = new GrpcProxy(binary, etcd, "/n", directory);
        EtcdMirror mirror = mirror(etcd.clientUrl(), proxy.url(), "/a/", "/b/")) {
      V3Http keys = new V3Http(etcd.clientUrl());
      keys.put("/a/k", "v");
      mirror.start();
      for (int i = 0; i < 5; i++) {
        long index = keys.put("/a/beat", "v");
        assertThat(mirror.await(index, PATIENCE)).as(mirror.status().toString()).isTrue();
      }
      assertThat(keys.values("/n/b/"))
          .isEqualTo(
              Map.of(
                  Bytes.utf8("/n/b/k"), Bytes.utf8("v"), Bytes.utf8("/n/b/beat"), Bytes.utf8("v")));
      assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
    }
  }
}
