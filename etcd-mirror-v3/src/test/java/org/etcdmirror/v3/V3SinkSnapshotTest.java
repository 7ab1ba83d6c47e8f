package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sink is read while it is written. */
@Timeout(300)
final class V3SinkSnapshotTest {

  /** More than one page, and more than one level of a transaction. */
  private static final int KEYS = 600;

  private static final int LOOKS = 15;

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  private static String key(int number) {
    return "/k/%04d".formatted(number);
  }

  private static void applyAll(V3Sink sink, int round) {
    V3SinkServer.apply(
        sink,
        V3SinkServer.batch(
            IntStream.range(0, KEYS)
                .mapToObj(i -> V3SinkServer.put(key(i), Integer.toString(round)))
                .toList()),
        new Checkpoint(round, null, null, Instant.EPOCH));
  }

  private static Set<Bytes> values(Snapshot snapshot, int keys) throws Exception {
    List<Bytes> values = new ArrayList<>();
    for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
      values.add(((MirrorEvent.Put) entry).value());
    }
    assertThat(values).hasSize(keys);
    return new HashSet<>(values);
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void sinkSnapshotIsConsistentWhileTransactionsRun(EtcdBinary binary) throws Exception {
    Selection all = Selection.of(Bytes.utf8("/k/"));
    List<Bytes> some = IntStream.range(0, KEYS / 2).mapToObj(i -> Bytes.utf8(key(2 * i))).toList();
    try (V3SinkServer server = V3SinkServer.start(binary);
        V3Sink sink = server.sink("k").build()) {
      applyAll(sink, 1);
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Integer> writer =
          CompletableFuture.supplyAsync(() -> {
            int round = 1;
            while (!enough.get()) {
              applyAll(sink, ++round);
            }
            return round;
          });
      Set<Bytes> seen = new HashSet<>();
      try {
        for (int look = 0; look < LOOKS || seen.size() < 3; look++) {
          assertThat(writer).isNotCompletedExceptionally();
          try (Snapshot snapshot = V3Patience.read(() -> sink.snapshot(all))) {
            Set<Bytes> values = values(snapshot, KEYS);
            assertThat(values).hasSize(1);
            seen.addAll(values);
          }
          try (Snapshot snapshot =
              V3Patience.read(() -> sink.snapshot(Selection.ofKeys(some, false)))) {
            assertThat(values(snapshot, some.size())).hasSize(1);
          }
        }
      } finally {
        enough.set(true);
      }
      int last = writer.get();
      try (Snapshot snapshot = V3Patience.read(() -> sink.snapshot(all))) {
        assertThat(values(snapshot, KEYS)).containsExactly(Bytes.utf8(Integer.toString(last)));
      }
    }
  }
}
