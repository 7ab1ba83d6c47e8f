package org.etcdmirror.v2.internal.read;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
@EtcdTest
final class V2TreeTest {

  private static EtcdServer etcd;
  private static V2Http http;
  private static V2Client client;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
    http = new V2Http(etcd.clientUrl());
    client = V2Client.connect(List.of(etcd.clientUrl().toString()));
  }

  @AfterAll
  static void stop() {
    client.close();
  }

  private static List<Bytes> bytes(String... texts) {
    return Arrays.stream(texts).map(Bytes::utf8).toList();
  }

  private static Snapshot snapshot(String... prefixes) throws IOException, InterruptedException {
    return V2Tree.read(client, new Selection(bytes(prefixes), false));
  }

  private static List<Entry> entries(String... prefixes) throws Exception {
    List<Entry> entries = new ArrayList<>();
    try (Snapshot snapshot = snapshot(prefixes)) {
      for (Entry entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private static List<String> keys(String... prefixes) throws Exception {
    return entries(prefixes).stream().map(entry -> entry.key().utf8()).toList();
  }

  @Test
  void commonAncestorIsLowestDirectoryAboveAllPrefixes() {
    assertThat(V2Tree.commonAncestor(bytes("/a/b"))).isEqualTo("/a/b");
    assertThat(V2Tree.commonAncestor(bytes("/"))).isEqualTo("/");
    assertThat(V2Tree.commonAncestor(bytes("/a/b/c", "/a/b/d", "/a/be"))).isEqualTo("/a");
    assertThat(V2Tree.commonAncestor(bytes("/a/b/c", "/a/b/d"))).isEqualTo("/a/b");
    assertThat(V2Tree.commonAncestor(bytes("/a", "/ab"))).isEqualTo("/");
    assertThat(V2Tree.commonAncestor(bytes("/_h/a", "/_h/b"))).isEqualTo("/_h");
    assertThatThrownBy(() -> V2Tree.commonAncestor(bytes("/a", "/_h/b")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("/_h/b");
  }

  @Test
  void entriesAreOrderedByPrefixAndThenByKeyBytes() throws Exception {
    for (String key : List.of("/o/b/x", "/o/a/B", "/o/a/a/b", "/o/a/a-b", "/o/a/a.c", "/o/c/no")) {
      http.put(key, "1");
    }
    assertThat(keys("/o/b", "/o/a"))
        .containsExactly(
            "/o/b", "/o/b/x", "/o/a", "/o/a/B", "/o/a/a", "/o/a/a-b", "/o/a/a.c", "/o/a/a/b");
  }

  @Test
  void snapshotCarriesIndexAndClusterIdOfItsAnswer() throws Exception {
    long index = http.put("/i/a", "1").modifiedIndex();
    try (Snapshot snapshot = snapshot("/i")) {
      assertThat(snapshot.head().index()).isGreaterThanOrEqualTo(index);
      assertThat(snapshot.head().clusterId())
          .isEqualTo(client.get("/i", "quorum=true").clusterId());
      http.put("/i/b", "2");
      assertThat(snapshot.next()).isInstanceOf(MakeDirectory.class);
      assertThat(snapshot.next())
          .isEqualTo(new Put(Bytes.utf8("/i/a"), Bytes.utf8("1"), index, null));
      assertThat(snapshot.next()).isNull();
    }
  }

  @Test
  void missingPrefixGivesEmptySnapshotWithIndex() throws Exception {
    long index = http.put("/file", "1").modifiedIndex();
    for (String nothing : List.of("/missing", "/file/below", "/missing/a/b")) {
      try (Snapshot snapshot = snapshot(nothing)) {
        assertThat(snapshot.next()).isNull();
        assertThat(snapshot.head().index()).isGreaterThanOrEqualTo(index);
        assertThat(snapshot.head().clusterId()).isNotEmpty();
      }
    }
  }

  @Test
  void prefixMayBeSingleValue() throws Exception {
    http.put("/single", "1");
    assertThat(keys("/single")).containsExactly("/single");
  }

  @Test
  void hiddenKeysAreReadOnlyWithHiddenPrefix() throws Exception {
    http.put("/h/_secret/x", "1");
    http.put("/h/a/_b", "1");
    http.put("/h/a/c_", "1");
    assertThat(keys("/h")).containsExactly("/h", "/h/a", "/h/a/c_");
    assertThat(keys("/h/_secret")).containsExactly("/h/_secret", "/h/_secret/x");
  }

  @Test
  void storedIndexesOfMirrorsAreNeverRead() throws Exception {
    http.put("/__replication/a", "1");
    assertThat(keys("/__replication")).isEmpty();
    assertThat(keys("/")).noneMatch(key -> key.startsWith("/__"));
  }

  @Test
  void expiryIsComputedByLocalClock() throws Exception {
    http.put("/e/v", Map.of("value", "1", "ttl", "100"));
    http.put("/e/d", Map.of("dir", "true", "ttl", "100"));
    Duration due = Duration.ofSeconds(100);
    assertThat(entries("/e/v", "/e/d"))
        .hasSize(2)
        .allSatisfy(entry ->
            assertThat(requireNonNull(entry.expiresAt()).left())
                .isBetween(due.minusSeconds(20), due.plusSeconds(2)));
    assertThat(entries("/e").get(0).expiresAt()).isNull();
  }

  @Test
  void valuesAreReadUnchanged() throws Exception {
    String odd = "\uFFFD<>&\u2028\u0000\n\uD83D\uDE00";
    http.put("/v/odd", odd);
    http.put("/v/empty", "");
    assertThat(entries("/v/odd", "/v/empty"))
        .extracting(entry -> ((Put) entry).value().utf8())
        .containsExactly(odd, "");
  }

  @Test
  void deepAndLargeTreesAreRead() throws Exception {
    client.send(V2Request.put("/deep" + "/d".repeat(1500), new V2Form().with("value", 1)));
    assertThat(entries("/deep")).hasSize(1501);
    List<String> large = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      client.send(V2Request.put("/large/" + i, new V2Form().withValue(new byte[1 << 20])));
      large.add("/large/" + i);
    }
    assertThat(keys("/large")).containsAll(large).hasSize(31);
    http.delete("/large", "recursive=true");
  }

  @Test
  void truncatedTreeIsReadFromNextEndpoint() throws Exception {
    for (String key : List.of("/cut/a", "/cut/b", "/cut/c", "/cut/d")) {
      http.put(key, "x".repeat(2_000));
    }
    try (FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        V2Client both =
            V2Client.connect(List.of(proxy.url().toString(), etcd.clientUrl().toString()))) {
      proxy.truncateAfter(5_000);
      try (Snapshot snapshot = V2Tree.read(both, Selection.of(Bytes.utf8("/cut")))) {
        for (String key : List.of("/cut", "/cut/a", "/cut/b", "/cut/c", "/cut/d")) {
          assertThat(snapshot.next()).extracting(Entry::key).isEqualTo(Bytes.utf8(key));
        }
        assertThat(snapshot.next()).isNull();
      }
      // Once for the request, and once to learn whether the port speaks gRPC alone.
      assertThat(proxy.accepted()).isEqualTo(2);
    }
  }
}
