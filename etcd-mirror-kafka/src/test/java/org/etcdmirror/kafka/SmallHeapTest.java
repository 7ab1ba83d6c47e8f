package org.etcdmirror.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.testkit.fault.JavaProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A topic that is larger than the heap is written and read back in key order. */
@KafkaTest
@Timeout(600)
class SmallHeapTest {

  @Test
  void aTopicLargerThanTheHeapIsReadInOrder(@TempDir Path directory) throws Exception {
    Path read = directory.resolve("read");
    Path log = directory.resolve("log");
    try (JavaProcess program =
        JavaProcess.start(
            Program.class,
            List.of("-Xmx64m"),
            log,
            SharedBroker.broker().address(),
            SharedBroker.freshName(),
            read.toString())) {
      assertThat(program.ends(PATIENCE)).isTrue();
    }
    assertThat(read).as(() -> text(log)).exists();
    assertThat(Files.readString(read)).isEqualTo(Integer.toString(Program.KEYS));
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "no log";
    }
  }

  /** Writes and reads as a mirror does. */
  static final class Program {

    static final int KEYS = 100_000;
    private static final int BATCH = 1_000;

    /** A step that visits all keys in another order than theirs. */
    private static final int STEP = 7_919;

    private Program() {}

    public static void main(String... args) throws Exception {
      Bytes value = Bytes.utf8("x".repeat(1_000));
      try (KafkaSink sink = KafkaSink.of(args[0], args[1])) {
        sink.indexStore(args[1]);
        sink.open(new SinkContext(args[1], KeyModel.BYTES, List.of(Bytes.EMPTY)));
        for (long first = 0; first < KEYS; first += BATCH) {
          List<MirrorEvent> events = new ArrayList<>();
          for (long i = first; i < first + BATCH; i++) {
            Bytes key = Bytes.utf8("/p/key " + i * STEP % KEYS);
            events.add(new MirrorEvent.Put(key, value, 1 + i, null));
          }
          sink.apply(EventBatch.of(events, first + BATCH, first + BATCH));
        }
        Files.writeString(Path.of(args[2]), Integer.toString(inOrder(sink)));
      }
      System.exit(0);
    }

    private static int inOrder(KafkaSink sink) throws Exception {
      int count = 0;
      try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.EMPTY))) {
        Bytes last = Bytes.EMPTY;
        for (MirrorEvent next = snapshot.next(); next != null; next = snapshot.next()) {
          if (next.key().compareTo(last) > 0) {
            count++;
          }
          last = next.key();
        }
      }
      return count;
    }
  }
}
