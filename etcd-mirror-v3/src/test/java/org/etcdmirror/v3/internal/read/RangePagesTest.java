package org.etcdmirror.v3.internal.read;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SnapshotExpiredException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.WarmClient;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.KeyValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@EtcdTest(v2 = false)
class RangePagesTest {

  private static final int KEYS = 600;
  private static final int KEYS_OF_A_WRITE = 100;
  private static final Bytes VALUE = Bytes.of(new byte[8 << 10]);

  private final EtcdServer etcd;
  private V3Http http;

  RangePagesTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void start() {
    http = new V3Http(etcd.clientUrl());
    for (int from = 0; from < KEYS; from += KEYS_OF_A_WRITE) {
      http.commit(
          IntStream.range(from, from + KEYS_OF_A_WRITE)
              .mapToObj(i -> Write.put(key(i), VALUE))
              .toList());
    }
  }

  private static Bytes key(int number) {
    return Bytes.utf8((number % 2 == 0 ? "/x/" : "/b/") + "%05d".formatted(number));
  }

  private static List<Bytes> rest(V3Snapshot snapshot) throws Exception {
    List<Bytes> keys = new ArrayList<>();
    for (MirrorEvent next = snapshot.next(); next != null; next = snapshot.next()) {
      keys.add(next.key());
    }
    return keys;
  }

  private static List<Bytes> expected() {
    List<Bytes> expected = new ArrayList<>();
    IntStream.range(0, KEYS).filter(i -> i % 2 == 0).forEach(i -> expected.add(key(i)));
    IntStream.range(0, KEYS).filter(i -> i % 2 == 1).forEach(i -> expected.add(key(i)));
    return expected;
  }

  private static final Selection BOTH = Selection.of(Bytes.utf8("/x/"), Bytes.utf8("/b/"));

  @Test
  void allPagesAreOfOneRevision() throws Exception {
    try (V3Client client = WarmClient.connect(etcd.clientUrl());
        V3Snapshot snapshot = new V3Snapshot(client, BOTH)) {
      long revision = snapshot.head().index();
      http.deletePrefix("/x/");
      http.put("/b/zzz", "later");
      assertThat(rest(snapshot)).containsExactlyElementsOf(expected());
      assertThat(snapshot.head().index()).isEqualTo(revision);
      assertThat(client.streams().mayStreamRanges())
          .as("no etcd before 3.7 streams ranges: %s", etcd.version())
          .isFalse();
    }
  }

  /** A page stays small however small the pages before it were, as a heap of 64 MiB requires. */
  @Test
  void pagesStaySmallUnlessTheyHoldOneKey() throws Exception {
    Bytes large = Bytes.of(new byte[1 << 20]);
    for (int i = 0; i < 20; i++) {
      http.commit(
          List.of(
              Write.put(Bytes.utf8("/c/" + i), large),
              Write.put(Bytes.utf8("/y/%05d".formatted(i)), Bytes.EMPTY)));
    }
    http.commit(List.of(Write.put(Bytes.utf8("/x/00100"), large)));
    try (V3Client client = WarmClient.connect(etcd.clientUrl())) {
      for (String prefix : List.of("/", "/c/")) {
        List<KeyRange> range = List.of(KeyRange.of(Bytes.utf8(prefix)));
        List<String> keys = new ArrayList<>();
        try (RangePages pages = new RangePages(client, range, 0, false)) {
          for (List<KeyValue> page = pages.next(); page != null; page = pages.next()) {
            assertThat(page.stream().mapToInt(KeyValue::getSerializedSize).sum())
                .isLessThanOrEqualTo(8 << 20);
            page.forEach(kv -> keys.add(kv.getKey().toStringUtf8()));
          }
        }
        assertThat(keys).isSorted().hasSize(prefix.equals("/") ? KEYS + 40 : 20);
      }
    }
  }

  /** Long keys next to short ones, dense and sparse trees, and bytes of all values. */
  @Test
  void boundedPagesReadEachKeyOnce() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    TreeSet<Bytes> keys = new TreeSet<>();
    while (keys.size() < 15_000) {
      ByteArrayOutputStream key = new ByteArrayOutputStream();
      key.write('p');
      for (int depth = random.nextInt(7); depth >= 0; depth--) {
        boolean isDense = random.nextInt(3) > 0;
        key.write(isDense ? '0' + random.nextInt(10) : random.nextInt(256));
      }
      keys.add(Bytes.of(key.toByteArray()));
    }
    List<Bytes> all = List.copyOf(keys);
    for (int from = 0; from < all.size(); from += KEYS_OF_A_WRITE) {
      http.commit(
          all.subList(from, from + KEYS_OF_A_WRITE).stream()
              .map(key -> Write.put(key, Bytes.EMPTY))
              .toList());
    }
    List<Bytes> read = new ArrayList<>();
    int pages = 0;
    try (V3Client client = WarmClient.connect(etcd.clientUrl());
        RangePages range =
            new RangePages(client, List.of(KeyRange.of(Bytes.utf8("p"))), 0, false)) {
      for (List<KeyValue> page = range.next(); page != null; page = range.next()) {
        page.forEach(kv -> read.add(Wire.bytes(kv.getKey())));
        assertThat(range.expectedKeys()).as("seed %d", seed).hasValue(all.size());
        pages++;
      }
    }
    assertThat(read).as("seed %d", seed).containsExactlyElementsOf(all);
    assertThat(pages).as("pages of seed %d", seed).isLessThan(100);
  }

  @Test
  void pageIsReadFromAnotherMemberAfterFailure() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        V3Client client = WarmClient.connect(proxy.url(), etcd.clientUrl());
        V3Snapshot snapshot = new V3Snapshot(client, BOTH)) {
      List<Bytes> keys = new ArrayList<>();
      MirrorEvent first = snapshot.next();
      keys.add(requireNonNull(first).key());
      proxy.refuse(true);
      proxy.cutAll();
      keys.addAll(rest(snapshot));
      assertThat(keys).containsExactlyElementsOf(expected());
    }
  }

  @Test
  void compactionWhileReadingExpiresSnapshot() throws Exception {
    try (V3Client client = WarmClient.connect(etcd.clientUrl());
        V3Snapshot snapshot = new V3Snapshot(client, BOTH)) {
      assertThat(snapshot.next()).isNotNull();
      http.compact(http.put("/other", "1"));
      long revision = snapshot.head().index();
      assertThatThrownBy(() -> rest(snapshot))
          .isInstanceOf(SnapshotExpiredException.class)
          .hasMessageContaining("revision %d at ", revision);
    }
  }
}
