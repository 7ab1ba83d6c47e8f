package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.fault.JavaProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The mirror process is killed at random moments. */
@Tag("long")
@Timeout(600)
class V3KillTest {

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void mirrorKilledUnderLoadEndsEqualAndIndexNeverLeadsData(
      EtcdBinary binary, @TempDir Path directory) throws Exception {
    long seed = new Random().nextLong();
    System.out.println("V3KillTest seed " + seed);
    Random random = new Random(seed);
    Path log = directory.resolve("mirror.log");
    try (V3Mirroring etcds = V3Mirroring.start(binary)) {
      etcds.source.put("/conf/first", "1");
      try (SecondReader reader = new SecondReader(etcds.sourceUrls, etcds.sinkUrls);
          V3Load load = new V3Load(etcds.sourceUrls, seed)) {
        for (int kill = 0; kill < 2; kill++) {
          try (JavaProcess mirror = MirrorProcess.start(etcds.sourceUrls, etcds.sinkUrls, log)) {
            int looks = reader.looks() + 1 + random.nextInt(10);
            long moved = index(etcds) + 1 + random.nextInt(100);
            V3Mirroring.eventually(
                "it mirrors",
                () -> {
                  assertThat(mirror.isAlive()).as(Files.readString(log)).isTrue();
                  assertThat(index(etcds)).isGreaterThanOrEqualTo(moved);
                  assertThat(reader.looks()).isGreaterThanOrEqualTo(looks);
                });
          }
        }
        load.close();
        try (EtcdMirror mirror = etcds.started()) {
          assertThat(mirror.status().counters().gaps()).as("seed %d", seed).isZero();
        }
      }
      etcds.assertEqual();
    }
  }

  private static long index(V3Mirroring etcds) throws Exception {
    try (V3Reader sink = new V3Reader(etcds.sinkUrls)) {
      return sink.view().checkpoint().map(checkpoint -> checkpoint.index()).orElse(0L);
    }
  }
}
