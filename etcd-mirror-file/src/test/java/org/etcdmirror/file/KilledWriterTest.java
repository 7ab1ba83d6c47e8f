package org.etcdmirror.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.file.internal.disk.NioDisk;
import org.etcdmirror.testkit.fault.JavaProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A writer that is killed loses nothing that it has called done. */
@Timeout(600)
class KilledWriterTest {

  private static final int KILLS = 6;

  @TempDir private Path directory;

  @Test
  void killedWriterLosesNoBatch() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Path dump = directory.resolve("dump");
    Path done = directory.resolve("done");
    long reached = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      long wanted = reached + 1 + random.nextInt(300);
      try (JavaProcess writer =
          JavaProcess.start(
              Writer.class,
              List.of(),
              directory.resolve("log"),
              dump.toString(),
              done.toString())) {
        await().atMost(PATIENCE).until(() -> !writer.isAlive() || lines(done) >= wanted);
        assertThat(writer.isAlive()).as("the writer's log: %s", directory).isTrue();
      }
      reached = verify(dump, lines(done), "seed %d, kill %d".formatted(seed, kill));
    }
  }

  private static long lines(Path done) throws Exception {
    return Files.exists(done) ? Files.size(done) : 0;
  }

  /** All that was done is there, and at most one batch more. */
  private static long verify(Path dump, long done, String what) throws Exception {
    FileSink sink = Dump.sink(new NioDisk(dump), KeyModel.BYTES, Writer.SNAPSHOT_AFTER);
    long index = sink.load().orElseThrow().index();
    assertThat(index).as(what).isBetween(done, done + 1);
    assertThat(Dump.lines(sink.snapshot(Dump.ALL)))
        .as(what)
        .containsExactlyElementsOf(Writer.expected(index));
    return index;
  }

  /** Writes batch after batch, and one byte to a file for each that is durable. */
  static final class Writer {

    static final long SNAPSHOT_AFTER = 20_000;
    private static final int KEYS = 7;

    private Writer() {}

    public static void main(String... args) throws Exception {
      FileSink sink = Dump.sink(new NioDisk(Path.of(args[0])), KeyModel.BYTES, SNAPSHOT_AFTER);
      Path done = Path.of(args[1]);
      long index = sink.load().map(found -> found.index()).orElse(0L);
      Files.write(done, new byte[(int) index]);
      while (true) {
        index++;
        List<MirrorEvent> events = List.of(Dump.put(key(index), "value " + index, index));
        sink.apply(EventBatch.of(events, index, index), Dump.at(index));
        Files.write(done, new byte[1], StandardOpenOption.APPEND);
      }
    }

    private static String key(long index) {
      return "/p/key" + index % KEYS;
    }

    static List<String> expected(long index) {
      DumpModelMap model = new DumpModelMap(KeyModel.BYTES);
      for (long i = Math.max(1, index - KEYS + 1); i <= index; i++) {
        model.apply(Dump.put(key(i), "value " + i, i));
      }
      return model.lines();
    }
  }
}
