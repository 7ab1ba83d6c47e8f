package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.fault.JavaProcess;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A mirror with a heap of 64 MiB catches up with more than that. */
@Timeout(1800)
class V3SmallHeapTest {

  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final int LARGE = 200_000;

  /** The largest value that etcd accepts by default, less a margin. */
  private static final int LARGEST = (3 << 19) - 1000;

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  @Test
  void mirrorWithSmallHeapCatchesUpWithManyLargeRevisions(@TempDir Path directory)
      throws Exception {
    catchesUp(EtcdBinary.find().orElseThrow(), 600, 60, directory);
  }

  @ParameterizedTest
  @MethodSource("binaries")
  @Tag("soak")
  void mirrorWithSmallHeapCatchesUpWithThousandsOfLargeRevisions(
      EtcdBinary binary, @TempDir Path directory) throws Exception {
    catchesUp(binary, 5_000, 200, directory);
  }

  private static void catchesUp(EtcdBinary binary, int large, int largest, Path directory)
      throws Exception {
    Random random = new Random(1);
    try (V3Mirroring etcds = V3Mirroring.start(binary);
        V3Writer writer = new V3Writer(etcds.sourceUrls);
        V3Reader sink = new V3Reader(etcds.sinkUrls)) {
      etcds.source.put("/conf/first", "1");
      etcds.started().close();
      for (int i = 0; i < large; i++) {
        put(writer, "/conf/large/" + i % 7, bytes(random, LARGE));
      }
      for (int i = 0; i < largest; i++) {
        put(writer, "/conf/largest/" + i % 3, bytes(random, LARGEST));
      }
      long last = etcds.source.put("/conf/last", "1");
      Path log = directory.resolve("mirror.log");
      try (JavaProcess mirror = MirrorProcess.start(etcds.sourceUrls, etcds.sinkUrls, log)) {
        await("it is level")
            .atMost(LIMIT)
            .untilAsserted(() -> {
              assertThat(mirror.isAlive()).as(Files.readString(log)).isTrue();
              assertThat(Files.readString(log)).doesNotContain("OutOfMemory");
              assertThat(sink.checkpoint().orElseThrow().index()).isGreaterThanOrEqualTo(last);
            });
        assertThat(Files.readString(log)).doesNotContain("gap").doesNotContain(" WARN ");
      }
      etcds.assertEqual();
    }
  }

  /**
   * Servers with a larger limit answer with larger pieces, and single values take much of a heap.
   */
  @Test
  void mirrorWithSmallHeapHandlesValuesAboveDefaultSizeLimit(@TempDir Path directory)
      throws Exception {
    getsLevel(12, 6 << 20, 128, directory);
  }

  /** Almost three times the heap, twice. */
  @Test
  @Tag("long")
  void getsLevelWithManyLargestValues(@TempDir Path directory) throws Exception {
    getsLevel(120, LARGEST, 64, directory);
  }

  @Test
  @Tag("soak")
  void mirrorWithSmallHeapHandlesThousandsOfLargestValues(@TempDir Path directory)
      throws Exception {
    getsLevel(1_500, LARGEST, 64, directory);
  }

  /** A first copy, and then a backlog. */
  private static void getsLevel(int values, int size, int heap, Path directory) throws Exception {
    Random random = new Random(1);
    try (V3Mirroring etcds =
            V3Mirroring.start(
                EtcdBinary.find().orElseThrow(),
                server ->
                    server.extraFlags(
                        "--max-request-bytes=8388608", "--quota-backend-bytes=6000000000"));
        V3Writer writer = new V3Writer(etcds.sourceUrls);
        V3Reader source = new V3Reader(etcds.sourceUrls);
        V3Reader sink = new V3Reader(etcds.sinkUrls)) {
      Path log = directory.resolve("mirror.log");
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < values; i++) {
          put(writer, "/conf/" + i % 4, bytes(random, size));
        }
        long last = etcds.source.put("/conf/last", "1");
        try (JavaProcess mirror =
            MirrorProcess.start(etcds.sourceUrls, etcds.sinkUrls, log, heap)) {
          await("it is level")
              .atMost(LIMIT)
              // A member under this load may not answer in time.
              .ignoreExceptionsInstanceOf(V3ErrorException.class)
              .failFast(() -> {
                assertThat(mirror.isAlive()).as(Files.readString(log)).isTrue();
                assertThat(Files.readString(log)).doesNotContain("OutOfMemory");
              })
              .until(() -> sink.checkpoint().filter(at -> at.index() >= last).isPresent());
        }
      }
      assertThat(Files.readString(log)).doesNotContain("a gap");
      assertThat(sink.values(0).equals(source.values(0))).isTrue();
    }
  }

  private static void put(V3Writer writer, String key, ByteString value) throws Exception {
    writer.write(V3Writer.put(ByteString.copyFromUtf8(key), value));
  }

  private static ByteString bytes(Random random, int size) {
    byte[] value = new byte[size];
    random.nextBytes(value);
    return ByteString.copyFrom(value);
  }
}
