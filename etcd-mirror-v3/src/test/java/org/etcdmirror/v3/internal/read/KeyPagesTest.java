package org.etcdmirror.v3.internal.read;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SnapshotExpiredException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.V3Patience;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.WarmClient;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.rpc.KeyValue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots of individually named keys. */
@Timeout(120)
@EtcdTest(v2 = false)
class KeyPagesTest {

  private static final int KEYS = 1500;
  private static final int KEYS_OF_A_WRITE = 100;
  private static final Bytes VALUE = Bytes.utf8("v".repeat(2000));

  private static EtcdServer etcd;
  private static V3Http http;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
    http = new V3Http(etcd.clientUrl());
  }

  @BeforeEach
  void fill() {
    fill(http);
  }

  private static void fill(V3Http http) {
    http.deletePrefix("/");
    for (int from = 0; from < KEYS; from += KEYS_OF_A_WRITE) {
      http.commit(
          IntStream.range(from, from + KEYS_OF_A_WRITE)
              .mapToObj(i -> Write.put(key(i), VALUE))
              .toList());
    }
  }

  private static Bytes key(int number) {
    return Bytes.utf8("/k/%05d".formatted(number));
  }

  private static List<Bytes> someKeys() {
    List<Bytes> keys = new ArrayList<>(IntStream.range(0, KEYS).mapToObj(i -> key(i)).toList());
    long seed = new Random().nextLong();
    System.out.println("KeyPagesTest seed " + seed);
    Collections.shuffle(keys, new Random(seed));
    return keys.subList(0, KEYS / 2);
  }

  private static List<Bytes> rest(Snapshot snapshot) throws Exception {
    List<Bytes> keys = new ArrayList<>();
    for (MirrorEvent.Entry next = snapshot.next(); next != null; next = snapshot.next()) {
      assertThat(((MirrorEvent.Put) next).value()).isEqualTo(VALUE);
      keys.add(next.key());
    }
    return keys;
  }

  private static Selection ofKeys(List<Bytes> keys) {
    return Selection.ofKeys(keys, false);
  }

  @Test
  void keySnapshotIsOfOneRevisionInOrderAndReadsNothingElse() throws Exception {
    List<Bytes> keys = someKeys();
    List<Bytes> asked = new ArrayList<>(keys);
    asked.addAll(List.of(Bytes.utf8("/k/"), Bytes.EMPTY, Bytes.utf8("/missing"), keys.get(0)));
    try (V3Client client = WarmClient.connect(etcd.clientUrl());
        V3Snapshot snapshot = new V3Snapshot(client, ofKeys(asked))) {
      long revision = snapshot.head().index();
      http.deletePrefix("/k/0");
      http.put("/missing", "later");
      assertThat(rest(snapshot)).containsExactlyElementsOf(keys);
      assertThat(snapshot.head().index()).isEqualTo(revision);
      assertThat(snapshot.next()).isNull();
    }
  }

  @Test
  void sinkSnapshotReadsNamedKeysOfOneRevisionInOrder() throws Exception {
    List<Bytes> keys = someKeys();
    List<Bytes> asked = new ArrayList<>(keys);
    asked.addAll(List.of(Bytes.utf8("/k/"), Bytes.utf8("/__replication/x")));
    http.put("/__replication/x", "3");
    try (V3Sink sink = V3Sink.of(etcd.clientUrl().toString());
        Snapshot snapshot = V3Patience.read(() -> sink.snapshot(ofKeys(asked)))) {
      http.deletePrefix("/k/0");
      assertThat(rest(snapshot)).containsExactlyElementsOf(keys);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/missing"})
  void snapshotOfMissingKeyStillHasHead(String key) throws Exception {
    try (V3Client client = WarmClient.connect(etcd.clientUrl());
        V3Snapshot snapshot = new V3Snapshot(client, ofKeys(List.of(Bytes.utf8(key))))) {
      assertThat(snapshot.head().index()).isEqualTo(http.revision());
      assertThat(snapshot.next()).isNull();
    }
  }

  @Test
  void keysAreReadFromServerWithLowTxnLimit() throws Exception {
    try (EtcdServer small =
            EtcdServer.builder().enableV2(false).extraFlags("--max-txn-ops=5").start();
        V3Client client = WarmClient.connect(small.clientUrl())) {
      V3Http writer = new V3Http(small.clientUrl());
      Bytes[] keys =
          Stream.iterate(0, i -> i + 1).limit(200).map(i -> key(i)).toArray(Bytes[]::new);
      for (Bytes key : keys) {
        writer.commit(List.of(Write.put(key, VALUE)));
      }
      try (V3Snapshot snapshot = new V3Snapshot(client, ofKeys(List.of(keys)))) {
        assertThat(rest(snapshot)).containsExactly(keys);
      }
    }
  }

  @Test
  void pagesStaySmallUnlessTheyHoldOneKey() throws Exception {
    Bytes large = Bytes.of(new byte[1 << 20]);
    List<Bytes> keys = new ArrayList<>(someKeys());
    for (int i = 0; i < 20; i++) {
      Bytes key = Bytes.utf8("/large/" + i);
      http.commit(List.of(Write.put(key, large)));
      keys.add(i % 2 == 0 ? i : keys.size(), key);
    }
    try (V3Client client = WarmClient.connect(etcd.clientUrl());
        KeyPages pages = new KeyPages(client, keys)) {
      List<Bytes> found = new ArrayList<>();
      for (List<KeyValue> page = pages.next(); page != null; page = pages.next()) {
        if (page.size() > 1) {
          assertThat(page.stream().mapToInt(KeyValue::getSerializedSize).sum())
              .isLessThanOrEqualTo(4 << 20);
        }
        page.forEach(kv -> found.add(V3Puts.key(kv)));
      }
      assertThat(found).containsExactlyElementsOf(keys);
    }
  }

  @Test
  void pageIsReadFromAnotherMemberAfterFailure() throws Exception {
    List<Bytes> keys = someKeys();
    try (FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        V3Client client = WarmClient.connect(proxy.url(), etcd.clientUrl());
        V3Snapshot snapshot = new V3Snapshot(client, ofKeys(keys))) {
      List<Bytes> found = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        MirrorEvent.Entry next = snapshot.next();
        found.add(requireNonNull(next).key());
      }
      proxy.refuse(true);
      proxy.cutAll();
      found.addAll(rest(snapshot));
      assertThat(found).containsExactlyElementsOf(keys);
    }
  }

  @Test
  void compactionWhileReadingExpiresSnapshot() throws Exception {
    try (V3Client client = WarmClient.connect(etcd.clientUrl());
        V3Snapshot snapshot = new V3Snapshot(client, ofKeys(someKeys()))) {
      http.compact(http.put("/other", "1"));
      assertThatThrownBy(() -> rest(snapshot)).isInstanceOf(SnapshotExpiredException.class);
    }
  }
}
