package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sink handles existing directories, whose expiry etcd 3.5 cannot change. */
@Timeout(600)
class V2DirectoryTest {

  private static final Bytes PATH = Bytes.utf8("/conf/d");

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  private static V2Sink sink(EtcdServer etcd) {
    return OpenedV2Sink.of(V2Sink.of(etcd.clientUrl().toString()), "/conf");
  }

  private static EventBatch batch(MirrorEvent event) {
    return EventBatch.of(List.of(event), event.index(), event.index());
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void existingDirectoryKeepsItsKeys(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        V2Sink sink = sink(etcd)) {
      V2Http http = new V2Http(etcd.clientUrl());
      http.put("/conf/d/a", "1");
      sink.apply(batch(new MirrorEvent.MakeDirectory(PATH, 5, null)));
      assertThat(http.tree("/conf")).isEqualTo(Map.of("/conf/d/", "", "/conf/d/a", "1"));
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void longerDirectoryExpiryIsSetOrRefusedPermanentlyByEtcd35(EtcdBinary binary) throws Exception {
    Expiry expiresAt = Expiry.in(Duration.ofSeconds(5000));
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        V2Sink sink = sink(etcd)) {
      V2Http http = new V2Http(etcd.clientUrl());
      http.put("/conf/d", Map.of("dir", "true", "ttl", "1000"));
      for (MirrorEvent event : withExpiry(expiresAt)) {
        if (etcd.version().startsWith("3.5")) {
          assertThatThrownBy(() -> sink.apply(batch(event)))
              .isInstanceOf(PermanentException.class)
              .hasMessageContaining("/conf/d")
              .hasMessageContaining("etcd 3.5 cannot change the expiry of a directory");
        } else {
          sink.apply(batch(event));
          assertThat(ttl(http)).isBetween(1001, 5002);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void shorterDirectoryExpiryIsSetOrLeftByEtcd35(EtcdBinary binary) throws Exception {
    Expiry expiresAt = Expiry.in(Duration.ofSeconds(1000));
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        V2Sink sink = sink(etcd)) {
      V2Http http = new V2Http(etcd.clientUrl());
      http.put("/conf/d", Map.of("dir", "true", "ttl", "5000"));
      for (MirrorEvent event : withExpiry(expiresAt)) {
        sink.apply(batch(event));
        boolean changed = !etcd.version().startsWith("3.5");
        assertThat(ttl(http)).isBetween(changed ? 1 : 1003, changed ? 1002 : 5000);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void permanentDirectoryIsRefusedByEtcd35WhereOneExpires(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).start();
        V2Sink sink = sink(etcd)) {
      V2Http http = new V2Http(etcd.clientUrl());
      http.put("/conf/d", Map.of("dir", "true", "ttl", "1000"));
      EventBatch permanent = batch(new MirrorEvent.MakeDirectory(PATH, 5, null));
      if (etcd.version().startsWith("3.5")) {
        assertThatThrownBy(() -> sink.apply(permanent))
            .isInstanceOf(PermanentException.class)
            .hasMessageContaining("in the source never");
      } else {
        sink.apply(permanent);
        assertThat(http.get("/conf/d", "").json().at("/node").has("ttl")).isFalse();
      }
    }
  }

  private static List<MirrorEvent> withExpiry(Expiry expiresAt) {
    return List.of(
        new MirrorEvent.MakeDirectory(PATH, 5, expiresAt),
        new MirrorEvent.Refresh(PATH, 6, expiresAt, null));
  }

  private static int ttl(V2Http http) {
    return http.get("/conf/d", "").json().at("/node/ttl").asInt();
  }
}
