package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkDriftedException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The specifics of etcd v2 that {@link V2SinkContractTest} does not cover. */
@Timeout(600)
@EtcdTest
final class V2SinkTest {

  private static EtcdServer etcd;
  private static V2Http http;

  private FaultProxy proxy;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
    http = new V2Http(etcd.clientUrl());
  }

  @BeforeEach
  void clean() {
    proxy = FaultProxy.to(etcd.clientUrl());
    http.get("/", "").json().path("node").path("nodes").forEach(V2SinkTest::remove);
    http.delete("/__replication", "recursive=true");
  }

  private static void remove(JsonNode node) {
    http.delete(node.path("key").textValue(), "recursive=true");
  }

  @AfterEach
  void closeProxy() {
    proxy.close();
  }

  private V2Sink sink(String... prefixes) {
    return OpenedV2Sink.of(V2Sink.of(proxy.url().toString()), prefixes);
  }

  private static EventBatch batch(MirrorEvent... events) {
    return EventBatch.of(List.of(events), 1, 1);
  }

  private static Put put(String key, String value) {
    return put(key, value, null);
  }

  private static Put put(String key, String value, @Nullable Expiry expiresAt) {
    return new Put(Bytes.utf8(key), Bytes.utf8(value), 1, expiresAt);
  }

  private static MakeDirectory directory(String key, @Nullable Expiry expiresAt) {
    return new MakeDirectory(Bytes.utf8(key), 1, expiresAt);
  }

  private static EventBatch manyPuts(int count) {
    List<MirrorEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(put("/many/" + i, "x"));
    }
    return EventBatch.of(events, 1, 1);
  }

  @Test
  void parentValueInsidePrefixesIsRemoved() throws Exception {
    http.put("/a/b", "in the way");
    try (V2Sink sink = sink("/a")) {
      sink.apply(batch(put("/a/b/c/d", "1"), put("/a/b/c/e", "2"), directory("/a/b/f", null)));
      assertThat(http.tree("/a"))
          .isEqualTo(
              Map.of("/a/b/", "", "/a/b/c/", "", "/a/b/c/d", "1", "/a/b/c/e", "2", "/a/b/f/", ""));
      http.delete("/a", "recursive=true");
      http.put("/a", "in the way");
      sink.apply(batch(put("/a/b", "1")));
      assertThat(http.tree("/a")).isEqualTo(Map.of("/a/b", "1"));
    }
  }

  @Test
  void trailingSlashOfPrefixIsIgnored() throws Exception {
    try (V2Sink sink = sink("/a/")) {
      sink.apply(batch(put("/a/b", "1")));
      assertThat(http.tree("/a")).isEqualTo(Map.of("/a/b", "1"));
      assertThatThrownBy(() -> sink.apply(batch(put("/ab", "1"))))
          .isInstanceOf(PermanentException.class);
    }
  }

  @Test
  void parentValueOutsidePrefixesIsNeverRemoved() throws Exception {
    http.put("/a", "not ours");
    try (V2Sink sink = sink("/a/b")) {
      for (MirrorEvent event : List.of(put("/a/b/c", "1"), directory("/a/b", null))) {
        assertThatThrownBy(() -> sink.apply(batch(event)))
            .isInstanceOf(PermanentException.class)
            .hasMessageContaining("'/a' holds a value and is outside the sink's prefixes [/a/b]");
      }
      sink.apply(batch(new Delete(Bytes.utf8("/a/b/c"), 1), new DeleteTree(Bytes.utf8("/a/b"), 1)));
    }
    assertThat(http.get("/a", "").json().path("node").path("value").textValue())
        .isEqualTo("not ours");
  }

  @Test
  void replacedDirectoryIsRemovedWithItsHiddenKeys() throws Exception {
    http.put("/a/d/_hidden", "1");
    try (V2Sink sink = sink("/a")) {
      sink.apply(batch(put("/a/d", "value")));
    }
    assertThat(http.tree("/a")).isEqualTo(Map.of("/a/d", "value"));
  }

  @Test
  void deletingRootTreeKeepsIndexesAndHiddenKeys() throws Exception {
    http.put("/__replication/conftool", "3020127");
    http.put("/_hidden", "kept");
    try (V2Sink sink = sink("/")) {
      sink.apply(batch(put("/a/b", "1"), put("/c", "2"), directory("/d", null)));
      sink.apply(batch(new DeleteTree(Bytes.utf8("/"), 1), put("/new", "3")));
      assertThat(http.tree("/")).isEqualTo(Map.of("/new", "3"));
    }
    assertThat(http.tree("/__replication")).isEqualTo(Map.of("/__replication/conftool", "3020127"));
    assertThat(http.get("/_hidden", "").status()).isEqualTo(200);
  }

  @Test
  void rootIsAlwaysDirectoryAndRefusesValue() throws Exception {
    try (V2Sink sink = sink("/")) {
      sink.apply(batch(put("/a", "1"), directory("/", null), new Delete(Bytes.utf8("/"), 1)));
      assertThat(http.tree("/")).isEqualTo(Map.of("/a", "1"));
      assertThatThrownBy(() -> sink.apply(batch(put("/", "1"))))
          .isInstanceOf(PermanentException.class);
    }
  }

  @Test
  void nothingIsWrittenOutsidePrefixes() throws Exception {
    try (V2Sink sink = sink("/a", "/c/d")) {
      for (String outside : List.of("/", "/b", "/ab", "/c", "/c/de", "/__replication/x")) {
        assertThatThrownBy(() -> sink.apply(batch(new DeleteTree(Bytes.utf8(outside), 1))))
            .as(outside)
            .isInstanceOf(PermanentException.class)
            .hasMessageContaining("'" + outside + "'");
      }
    }
    try (V2Sink sink = sink("/")) {
      assertThatThrownBy(() -> sink.apply(batch(put("/__replication/conftool", "1"))))
          .isInstanceOf(PermanentException.class);
    }
  }

  @Test
  void entriesThatV2CannotHoldAreRefused() {
    try (V2Sink sink = sink("/")) {
      Bytes binary = Bytes.of(new byte[] {'/', 'k', -1});
      List<Put> impossible =
          List.of(
              new Put(binary, Bytes.utf8("x"), 1, null),
              new Put(Bytes.utf8("/binary"), binary, 1, null),
              put("/big", "x".repeat(10 * 1024 * 1024 - 100)),
              put("/a//b", "x"),
              put("a", "x"));
      for (Put put : impossible) {
        assertThatThrownBy(() -> sink.apply(batch(put)))
            .as(put.key().toString())
            .isInstanceOf(PermanentException.class)
            .hasMessageContaining(put.key().toString());
      }
    }
  }

  @Test
  void copiedTtlIsNotShorterThanSourceTtl() throws Exception {
    Expiry later = Expiry.in(Duration.ofSeconds(100));
    try (V2Sink sink = sink("/")) {
      sink.apply(batch(put("/t", "1", later), put("/old", "1", Expiry.in(Duration.ofSeconds(-9)))));
      assertThat(ttl("/t")).isBetween(100L, 102L);
      assertThat(ttl("/old")).isBetween(1L, 2L);
      sink.apply(batch(put("/t", "1")));
      assertThat(ttl("/t")).isZero();
    }
  }

  @Test
  void directoryExpiryIsSetAndRemoved() throws Exception {
    Expiry later = Expiry.in(Duration.ofSeconds(100));
    http.put("/d/x", "kept");
    http.put("/file", "replaced");
    try (V2Sink sink = sink("/")) {
      sink.apply(
          batch(directory("/d", later), directory("/new", later), directory("/file", later)));
      for (String key : List.of("/d", "/new", "/file")) {
        assertThat(ttl(key)).as(key).isBetween(100L, 102L);
      }
      sink.apply(batch(directory("/d", null), put("/d/y", "1")));
      assertThat(ttl("/d")).isZero();
      assertThat(http.tree("/"))
          .isEqualTo(Map.of("/d/", "", "/d/x", "kept", "/d/y", "1", "/file/", "", "/new/", ""));
    }
  }

  private static long ttl(String key) {
    return http.get(key, "").json().path("node").path("ttl").longValue();
  }

  @Test
  void impliedDirectoriesCostNoWrites() throws Exception {
    long before = http.index();
    try (V2Sink sink = sink("/")) {
      // As in a resync, the sink learns here that none of its directories expires.
      sink.snapshot(Selection.of(Bytes.utf8("/"))).close();
      sink.apply(
          batch(
              directory("/a", null), directory("/a/b", null), put("/a/b/c", "1"), put("/d", "2")));
    }
    assertThat(http.index() - before).isEqualTo(2);
  }

  @Test
  void expiringDirectoryOfEarlierRunBecomesPermanentOnPut() throws Exception {
    http.put("/a", Map.of("dir", "true", "ttl", "100"));
    for (boolean looksFirst : List.of(false, true)) {
      try (V2Sink sink = sink("/")) {
        if (looksFirst) {
          http.put("/a", Map.of("dir", "true", "prevExist", "true", "ttl", "100"));
          sink.snapshot(Selection.of(Bytes.utf8("/"))).close();
        }
        sink.apply(batch(directory("/a", null), put("/a/b", "1")));
      }
      assertThat(ttl("/a")).as("looks first: %s", looksFirst).isZero();
    }
  }

  @Test
  void impliedDirectoryKeepsExpiryOfExistingOne() throws Exception {
    http.put("/a", Map.of("dir", "true", "ttl", "100"));
    try (V2Sink sink = sink("/")) {
      sink.apply(
          batch(
              MakeDirectory.implied(Bytes.utf8("/a"), 1),
              MakeDirectory.implied(Bytes.utf8("/b"), 1)));
    }
    assertThat(ttl("/a")).isPositive();
    assertThat(http.get("/b", "").json().at("/node/dir").asBoolean()).isTrue();
  }

  @Test
  void refreshOfMissingKeyReportsSinkDrift() {
    try (V2Sink sink = sink("/")) {
      MirrorEvent refresh =
          new MirrorEvent.Refresh(Bytes.utf8("/gone"), 1, Expiry.in(Duration.ofHours(1)), null);
      assertThatThrownBy(() -> sink.apply(batch(refresh)))
          .isInstanceOf(SinkDriftedException.class)
          .hasMessageContaining("/gone");
    }
  }

  @Test
  void failureNamesKeyAndEndpointAndBatchCanBeReapplied() throws Exception {
    try (V2Sink sink = sink("/many")) {
      proxy.refuse(true);
      assertThatThrownBy(() -> sink.apply(manyPuts(1000)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("PUT /many/")
          .hasMessageContaining(proxy.url().toString());
      proxy.heal();
      sink.apply(manyPuts(1000));
      assertThat(http.tree("/many")).hasSize(1000);
      proxy.cutAll();
      await().ignoreExceptions().until(() -> apply(sink, manyPuts(1001)));
      assertThat(http.tree("/many")).hasSize(1001);
    }
  }

  private static boolean apply(V2Sink sink, EventBatch batch) throws Exception {
    sink.apply(batch);
    return true;
  }

  @Test
  void interruptEndsBatchInFlight() throws Exception {
    try (V2Sink sink = sink("/many")) {
      proxy.stall(true);
      FutureTask<Boolean> applying = new FutureTask<>(() -> apply(sink, manyPuts(1000)));
      Thread thread = new Thread(applying);
      thread.start();
      await().atMost(PATIENCE).until(() -> proxy.connections() > 10);
      thread.interrupt();
      thread.join(Duration.ofSeconds(60).toMillis());
      assertThatThrownBy(() -> applying.get(0, TimeUnit.SECONDS))
          .hasCauseInstanceOf(InterruptedException.class);
      proxy.heal();
      sink.apply(manyPuts(1000));
    }
    assertThat(http.tree("/many")).hasSize(1000);
  }

  @Test
  void closeEndsBatchInFlightAndLeavesNoThreadOrConnection() throws Exception {
    V2Sink sink = sink("/many");
    proxy.stall(true);
    FutureTask<Boolean> applying = new FutureTask<>(() -> apply(sink, manyPuts(1000)));
    Thread thread = new Thread(applying);
    thread.start();
    await().atMost(PATIENCE).until(() -> proxy.connections() > 10);
    sink.close();
    assertThatThrownBy(() -> applying.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IOException.class);
    await().atMost(PATIENCE).until(() -> ownThreads() == 0);
    proxy.heal();
    await().atMost(PATIENCE).until(() -> proxy.connections() == 0);
    assertThatThrownBy(() -> sink.apply(manyPuts(2))).isInstanceOf(IOException.class);
  }

  private static long ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("etcd-mirror-v2"))
        .count();
  }

  @Test
  void secondEndpointTakesOverBetweenBatches() throws Exception {
    try (FaultProxy second = FaultProxy.to(etcd.clientUrl());
        V2Sink sink =
            OpenedV2Sink.of(V2Sink.of(proxy.url().toString(), second.url().toString()), "/many")) {
      sink.apply(manyPuts(100));
      assertThat(second.accepted()).isZero();
      proxy.refuse(true);
      proxy.cutAll();
      // Retry as a mirror does: on a slow machine the second endpoint may be late as well.
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> apply(sink, manyPuts(1000)));
      assertThat(http.tree("/many")).hasSize(1000);
    }
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    for (int bad : new int[] {0, 513}) {
      assertThatThrownBy(() -> V2Sink.builder().maxInFlight(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(bad));
    }
    for (String own : List.of("/__replication", "/__replication/", "/__replication/x")) {
      assertThatThrownBy(() -> sink(own))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "prefix '%s' cannot be mirrored: mirrors keep their indexes there".formatted(own));
    }
    for (String bad : List.of("", "a", "/a//b")) {
      assertThatThrownBy(() -> sink(bad)).as(bad).isInstanceOf(PermanentException.class);
    }
    assertThatThrownBy(() -> V2Sink.builder().build()).isInstanceOf(IllegalArgumentException.class);
  }
}
