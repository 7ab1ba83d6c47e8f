package org.etcdmirror.v3;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SnapshotExpiredException;
import org.etcdmirror.api.internal.OwnKeySet;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.read.V3Snapshot;
import org.etcdmirror.v3.internal.sink.SinkSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A snapshot whose revision is compacted while it is read continues at a newer revision. */
@Timeout(120)
@EtcdTest(v2 = false)
class SnapshotRenewalTest {

  private static final int KEYS = 12_000;
  private static final int KEYS_OF_A_WRITE = 100;
  private static final Selection BOTH = Selection.of(Bytes.utf8("/x/"), Bytes.utf8("/b/"));

  private final EtcdServer etcd;
  private V3Http http;
  private V3Client client;

  SnapshotRenewalTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void start() throws Exception {
    http = new V3Http(etcd.clientUrl());
    for (int from = 0; from < KEYS; from += KEYS_OF_A_WRITE) {
      http.commit(
          IntStream.range(from, from + KEYS_OF_A_WRITE)
              .mapToObj(i -> Write.put(key(i), Bytes.utf8("first")))
              .toList());
    }
    client = WarmClient.connect(etcd.clientUrl());
  }

  @AfterEach
  void stop() {
    client.close();
  }

  /** The first half of all keys lies in the first prefix. */
  private static Bytes key(int number) {
    return Bytes.utf8((number < KEYS / 2 ? "/x/" : "/b/") + "%05d".formatted(number));
  }

  private Snapshot snapshot(String side) throws IOException, InterruptedException {
    return side.equals("source")
        ? new V3Snapshot(client, BOTH)
        : new SinkSnapshot(
            client,
            BOTH,
            OwnKeySet.DEFAULT.and(List.of(Bytes.utf8("/checkpoint"))),
            null,
            () -> {});
  }

  private static Bytes next(Snapshot snapshot) throws IOException, InterruptedException {
    return requireNonNull(snapshot.next()).key();
  }

  /** Reads to the end, and renews it whenever it has expired. */
  private List<MirrorEvent.Entry> rest(Snapshot snapshot, List<Long> expired) throws Exception {
    List<MirrorEvent.Entry> entries = new ArrayList<>();
    while (true) {
      try {
        MirrorEvent.Entry entry = snapshot.next();
        if (entry == null) {
          return entries;
        }
        entries.add(entry);
      } catch (SnapshotExpiredException e) {
        expired.add(snapshot.head().index());
        snapshot.renew();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"source", "sink"})
  void expiredSnapshotContinuesAfterLastKeyAtNewerRevision(String side) throws Exception {
    try (Snapshot snapshot = snapshot(side)) {
      long revision = snapshot.head().index();
      Bytes first = next(snapshot);
      http.put(first.utf8(), "second");
      http.delete(key(KEYS / 2 - 1).utf8());
      long newer = http.put(key(KEYS - 1).utf8(), "second");
      http.compact(newer);

      List<Long> expired = new ArrayList<>();
      List<MirrorEvent.Entry> rest = rest(snapshot, expired);

      assertThat(expired).containsExactly(revision);
      assertThat(snapshot.head().index()).isEqualTo(newer);
      // No key is repeated, and none is missing except the one deleted meanwhile.
      assertThat(rest.stream().map(MirrorEvent.Entry::key))
          .containsExactlyElementsOf(
              IntStream.range(1, KEYS)
                  .filter(i -> i != KEYS / 2 - 1)
                  .mapToObj(SnapshotRenewalTest::key)
                  .toList());
      assertThat(((MirrorEvent.Put) rest.get(rest.size() - 1)).value().utf8()).isEqualTo("second");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"source", "sink"})
  void snapshotCanBeRenewedBeforeItExpires(String side) throws Exception {
    try (Snapshot snapshot = snapshot(side)) {
      snapshot.renew();
      List<Bytes> keys = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        if (i % 1000 == 7) {
          snapshot.renew();
        }
        keys.add(next(snapshot));
      }
      assertThat(snapshot.next()).isNull();
      assertThat(keys)
          .containsExactlyElementsOf(
              IntStream.range(0, KEYS).mapToObj(SnapshotRenewalTest::key).toList());
    }
  }

  @Test
  void expiryErrorNamesLastKeyReadAndCompactedRevision() throws Exception {
    try (Snapshot snapshot = snapshot("source")) {
      long revision = snapshot.head().index();
      Bytes first = next(snapshot);
      http.compact(http.put("/other", "moves on"));
      for (int i = 1; i < 256; i++) {
        snapshot.next();
      }
      assertThatThrownBy(() -> rest(snapshot))
          .isInstanceOf(SnapshotExpiredException.class)
          .hasMessageContaining("revision " + revision)
          .hasMessageContaining("keys through '/x/")
          .hasMessageContaining("compacted");
      assertThat(first).isEqualTo(key(0));
    }
  }

  private static void rest(Snapshot snapshot) throws Exception {
    while (snapshot.next() != null) {
      // Reads to the end.
    }
  }

  @Test
  void snapshotOfSingleKeysIsNotRenewable() throws Exception {
    try (V3Snapshot snapshot =
        new V3Snapshot(client, Selection.ofKeys(List.of(key(1), key(2)), false))) {
      assertThat(snapshot.isRenewable()).isFalse();
      assertThatThrownBy(snapshot::renew).isInstanceOf(IOException.class);
    }
  }
}
