package org.etcdmirror.kafka.internal.sort;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent.Put;
import org.junit.jupiter.api.Test;

class LastOfEachKeyTest {

  private static final Lease LEASE = new Lease(7, Duration.ofSeconds(60));

  private static List<Put> read(LastOfEachKey entries) throws IOException {
    List<Put> found = new ArrayList<>();
    for (Put put = entries.next(); put != null; put = entries.next()) {
      found.add(put);
    }
    return found;
  }

  private static Put random(Bytes key, long index, Random random) {
    byte[] value = new byte[random.nextInt(50)];
    random.nextBytes(value);
    return switch (random.nextInt(3)) {
      case 0 -> new Put(key, Bytes.of(value), index, null);
      case 1 -> new Put(key, Bytes.of(value), index, Expiry.UNTOLD);
      default -> new Put(key, Bytes.of(value), index, Expiry.in(Duration.ofSeconds(5)), LEASE);
    };
  }

  /** The memory is so small that there are far more runs than are merged at a time. */
  @Test
  void givesTheLastPutOfEachKeyInOrder() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    TreeMap<Bytes, Put> expected = new TreeMap<>();
    try (LastOfEachKey entries = new LastOfEachKey(2_000)) {
      for (int i = 0; i < 5_000; i++) {
        byte[] name = new byte[1 + random.nextInt(2)];
        random.nextBytes(name);
        Bytes key = Bytes.of(name);
        Put put = random.nextInt(4) == 0 ? null : random(key, i, random);
        entries.add(new Found(0, key, i, put));
        if (put == null) {
          expected.remove(key);
        } else {
          expected.put(key, put);
        }
      }
      assertThat(read(entries)).as("seed %d", seed).containsExactlyElementsOf(expected.values());
    }
  }

  @Test
  void groupsComeOneAfterTheOther() throws IOException {
    Put first = new Put(Bytes.utf8("z"), Bytes.EMPTY, 1, null);
    Put second = new Put(Bytes.utf8("a"), Bytes.EMPTY, 2, null);
    try (LastOfEachKey entries = new LastOfEachKey(1)) {
      entries.add(new Found(1, second.key(), 0, second));
      entries.add(new Found(0, first.key(), 1, first));
      assertThat(read(entries)).containsExactly(first, second);
    }
  }

  @Test
  void theTemporaryFileIsGoneAfterwards() throws IOException {
    List<Path> before = scratchFiles();
    try (LastOfEachKey entries = new LastOfEachKey(1)) {
      Put put = new Put(Bytes.utf8("a"), Bytes.EMPTY, 2, null);
      entries.add(new Found(0, put.key(), 1, put));
    }
    assertThat(scratchFiles()).isEqualTo(before);
  }

  private static List<Path> scratchFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("etcd-mirror-kafka-"))
          .sorted()
          .toList();
    }
  }
}
