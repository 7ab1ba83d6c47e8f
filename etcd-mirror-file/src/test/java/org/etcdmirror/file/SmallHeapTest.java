package org.etcdmirror.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.file.internal.disk.NioDisk;
import org.etcdmirror.testkit.fault.JavaProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A dump that is larger than the heap is written and read in key order. */
@Tag("long")
@Timeout(600)
class SmallHeapTest {

  @Test
  void dumpLargerThanTheHeapIsReadInOrder(@TempDir Path directory) throws Exception {
    Path read = directory.resolve("read");
    Path log = directory.resolve("log");
    try (JavaProcess program =
        JavaProcess.start(
            Program.class,
            List.of("-Xmx64m"),
            log,
            directory.resolve("dump").toString(),
            read.toString())) {
      assertThat(program.ends(PATIENCE)).isTrue();
    }
    assertThat(read).as("see %s", log).exists();
    assertThat(Files.readString(read)).isEqualTo(Integer.toString(Program.KEYS));
  }

  /** Writes a dump without a snapshot, so that all of it is sorted when it is read. */
  static final class Program {

    static final int KEYS = 100_000;
    private static final int BATCH = 1_000;

    /** A step that visits all keys in another order than theirs. */
    private static final int STEP = 7_919;

    private Program() {}

    public static void main(String... args) throws Exception {
      FileSink sink = Dump.sink(new NioDisk(Path.of(args[0])), KeyModel.BYTES, Long.MAX_VALUE);
      Bytes value = Bytes.utf8("x".repeat(1_000));
      for (long first = 0; first < KEYS; first += BATCH) {
        List<MirrorEvent> events = new ArrayList<>();
        for (long i = first; i < first + BATCH; i++) {
          Bytes key = Bytes.utf8("/p/key " + i * STEP % KEYS);
          events.add(new MirrorEvent.Put(key, value, 1 + i, null));
        }
        sink.apply(EventBatch.of(events, first + BATCH, first + BATCH), Dump.at(first + BATCH));
      }
      Files.writeString(Path.of(args[1]), Integer.toString(inOrder(Path.of(args[0]))));
    }

    private static int inOrder(Path dump) throws Exception {
      int count = 0;
      try (Snapshot snapshot = FileSource.at(dump, null).snapshot(Dump.ALL)) {
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
