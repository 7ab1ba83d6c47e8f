package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v3.WarmClient;
import org.etcdmirror.v3.internal.client.V3Client;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What several watches deliver of a random history is what one watch delivers of it. */
@Timeout(600)
class StripedReadingTest {

  private static final int REVISIONS = 3_000;

  private static final List<Selection> SELECTIONS =
      List.of(
          Selection.of(Bytes.EMPTY),
          Selection.of(Bytes.utf8("/a/")),
          Selection.of(Bytes.utf8("/a/"), Bytes.utf8("/b/")));

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  /** What a stream delivered, and how. */
  private record Reading(List<MirrorEvent> events, int stripes, long index, boolean gap) {}

  @ParameterizedTest
  @MethodSource("binaries")
  void severalWatchesDeliverWhatOneDelivers(EtcdBinary binary) throws Exception {
    Random random = random();
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).enableV2(false).start();
        V3Client client = WarmClient.connect(etcd.clientUrl())) {
      WrittenHistory history = new WrittenHistory(client, random);
      long last = history.write(REVISIONS, 300);
      int stripes = 0;
      for (Selection selection : SELECTIONS) {
        Reading plain = read(client, selection, StripeLimits.with(1), 1, last);
        StripeLimits striped = striped(20 + random.nextInt(80));
        Reading fast = read(client, selection, striped, 1, last);
        assertThat(fast.events()).isEqualTo(plain.events());
        stripes += fast.stripes();
      }
      assertThat(stripes).isGreaterThan(20);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void valuesThatSuddenlyGrowAreReadAsWell(EtcdBinary binary) throws Exception {
    Random random = random();
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).enableV2(false).start();
        V3Client client = WarmClient.connect(etcd.clientUrl())) {
      WrittenHistory history = new WrittenHistory(client, random);
      history.write(600, 100);
      history.write(200, 20_000);
      long last = history.write(400, 100);
      Selection all = SELECTIONS.get(0);
      Reading plain = read(client, all, StripeLimits.with(1), 1, last);
      assertThat(read(client, all, striped(50), 1, last).events()).isEqualTo(plain.events());
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void compactionInTheMiddleIsGapAndNothingBeforeItIsMissing(EtcdBinary binary) throws Exception {
    Random random = random();
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).enableV2(false).start();
        V3Client client = WarmClient.connect(etcd.clientUrl())) {
      V3Http http = new V3Http(etcd.clientUrl());
      long last = new WrittenHistory(client, random).write(REVISIONS, 300);
      Selection all = SELECTIONS.get(0);
      Reading plain = read(client, all, StripeLimits.with(1), 1, last);
      long first = 1;
      for (int round = 0; round < 4; round++) {
        long compacted = first + 1 + random.nextInt(REVISIONS / 5);
        int before = random.nextInt(12);
        Reading fast =
            read(client, all, striped(40), first, last, before, () -> http.compact(compacted));
        long from = first;
        List<MirrorEvent> expected =
            plain.events().stream()
                .filter(event -> event.index() > from && event.index() <= fast.index())
                .toList();
        assertThat(fast.events()).isEqualTo(expected);
        assertThat(fast.gap() || fast.index() >= last).isTrue();
        assertThat(fast.gap() && fast.index() >= compacted).isFalse();
        first = compacted;
      }
    }
  }

  private static Random random() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    return new Random(seed);
  }

  private static StripeLimits striped(int revisions) {
    return new StripeLimits(
        16, revisions, Duration.ofSeconds(30), new StripeRoom(StripeRoom.MOST_WATCHES, 64 << 20));
  }

  private static Reading read(
      V3Client client, Selection selection, StripeLimits limits, long after, long last)
      throws Exception {
    return read(client, selection, limits, after, last, 0, () -> {});
  }

  /** Reads through an index, and does something once some batches have come. */
  private static Reading read(
      V3Client client,
      Selection selection,
      StripeLimits limits,
      long after,
      long last,
      int before,
      Runnable meanwhile)
      throws Exception {
    List<MirrorEvent> events = new ArrayList<>();
    int stripes = 0;
    int batches = 0;
    long index = after;
    boolean gap = false;
    try (EventStream stream = CatchUpStream.open(client, selection, Start.after(after), limits)) {
      while (index < last) {
        if (batches++ == before) {
          meanwhile.run();
        }
        EventBatch batch = stream.poll(PATIENCE);
        assertThat(batch.index()).isGreaterThanOrEqualTo(index);
        index = batch.index();
        events.addAll(batch.events());
        stripes = stream instanceof CatchUpStream both ? both.stripesRead() : 0;
      }
    } catch (HistoryClearedException compacted) {
      gap = true;
    }
    return new Reading(events, stripes, index, gap);
  }
}
