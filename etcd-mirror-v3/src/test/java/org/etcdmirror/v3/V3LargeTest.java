package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.v3.rpc.RequestOp;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Large changes, as a reader of the sink sees them. */
@Tag("long")
@Timeout(600)
class V3LargeTest {

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void fiftyThousandKeysAreCopied(EtcdBinary binary) throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        V3Writer writer = new V3Writer(etcds.sourceUrls);
        V3Reader sink = new V3Reader(etcds.sinkUrls)) {
      writer.fill(50_000, i -> V3Writer.put("/conf/" + i, "value " + i));
      try (EtcdMirror mirror = etcds.started()) {
        assertThat(mirror.status().counters().keysWritten()).isEqualTo(50_000);
        var values = sink.values(0);
        assertThat(values).hasSize(50_000);
        for (int i = 0; i < 50_000; i++) {
          assertThat(values.get(ByteString.copyFromUtf8("/conf/" + i)))
              .isEqualTo(ByteString.copyFromUtf8("value " + i));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void deletionOfTenThousandKeysIsSeenAtomically(EtcdBinary binary) throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        V3Writer writer = new V3Writer(etcds.sourceUrls)) {
      writer.fill(10_000, i -> V3Writer.put("/conf/many/" + i, "v"));
      try (EtcdMirror mirror = etcds.started()) {
        Set<Integer> sizes;
        try (Watcher<Integer> watcher =
            new Watcher<>(etcds.sinkUrls, view -> view.values().size())) {
          watcher.awaitLook();
          writer.write(V3Writer.deletePrefix("/conf/many/"));
          etcds.awaitLevel(mirror);
          watcher.awaitLook();
          sizes = watcher.seen();
        }
        assertThat(sizes).containsExactlyInAnyOrder(10_000, 0);
        assertThat(mirror.status().counters().gaps()).isZero();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void transactionsOf128OperationsAreSeenAtomically(EtcdBinary binary) throws Exception {
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        V3Writer writer = new V3Writer(etcds.sourceUrls)) {
      writer.write(generation(0));
      try (EtcdMirror mirror = etcds.started();
          Watcher<Set<ByteString>> watcher =
              new Watcher<>(etcds.sinkUrls, view -> new HashSet<>(view.values().values()))) {
        for (int generation = 1; generation <= 100; generation++) {
          writer.write(generation(generation));
        }
        etcds.awaitLevel(mirror);
        watcher.awaitLook();
        assertThat(watcher.seen()).allMatch(values -> values.size() == 1);
        assertThat(watcher.seen()).contains(Set.of(ByteString.copyFromUtf8("100")));
      }
    }
  }

  private static List<RequestOp> generation(int number) {
    return IntStream.range(0, 128)
        .mapToObj(i -> V3Writer.put("/conf/" + i, Integer.toString(number)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void binaryKeysWithMebibyteValuesArriveLiveAndInCatchUp(EtcdBinary binary) throws Exception {
    Random random = new Random(1);
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        V3Writer writer = new V3Writer(etcds.sourceUrls)) {
      writer.write(large(random, 0));
      try (EtcdMirror mirror = etcds.started()) {
        writer.write(large(random, 1));
        etcds.awaitLevel(mirror);
        etcds.assertEqual();
      }
      // More than a gRPC client accepts in one response by default.
      for (int i = 2; i < 8; i++) {
        writer.write(large(random, i));
      }
      try (EtcdMirror mirror = etcds.started()) {
        assertThat(mirror.status().counters().gaps()).isZero();
        etcds.assertEqual();
      }
    }
  }

  private static RequestOp large(Random random, int number) {
    byte[] value = new byte[1 << 20];
    random.nextBytes(value);
    ByteString key =
        ByteString.copyFromUtf8("/conf/")
            .concat(ByteString.copyFrom(new byte[] {0, (byte) 0xff, (byte) 0xfe, (byte) number}));
    return V3Writer.put(key, ByteString.copyFrom(value));
  }

  /** Reads the sink repeatedly and records an observation of each read. */
  private static final class Watcher<T> implements AutoCloseable {

    private final V3Reader reader;
    private final Function<V3Reader.View, T> tell;
    private final Set<T> seen = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> watching;
    private volatile CompletableFuture<Void> look = new CompletableFuture<>();
    private volatile boolean done;

    Watcher(Collection<URI> sink, Function<V3Reader.View, T> tell) {
      this.reader = new V3Reader(sink);
      this.tell = tell;
      this.watching = CompletableFuture.runAsync(this::watch);
    }

    private void watch() {
      try {
        while (!done) {
          CompletableFuture<Void> asked = look;
          seen.add(tell.apply(reader.view()));
          asked.complete(null);
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    /** Waits until the sink was read once more from the beginning. */
    void awaitLook() {
      CompletableFuture<Void> next = new CompletableFuture<>();
      look = next;
      CompletableFuture.anyOf(next, watching).join();
    }

    Set<T> seen() {
      return Set.copyOf(seen);
    }

    @Override
    public void close() {
      done = true;
      try {
        watching.join();
      } finally {
        reader.close();
      }
    }
  }
}
