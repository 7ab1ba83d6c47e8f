package org.etcdmirror.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.file.internal.disk.NioDisk;
import org.etcdmirror.file.internal.format.FileNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory of a dump: who may read it, and who may write. */
class DumpDirectoryTest {

  @TempDir private Path parent;

  private Path directory() {
    return parent.resolve("deep/dump");
  }

  private FileSink sink(long snapshotAfter) {
    return Dump.sink(new NioDisk(directory()), KeyModel.BYTES, snapshotAfter);
  }

  private static void write(FileSink sink, long index) throws Exception {
    sink.apply(
        EventBatch.of(List.of(Dump.put("/p/a", "v" + index, index)), index, index), Dump.at(index));
  }

  @Test
  void onlyTheOwnerMayReadWhatIsMade() throws Exception {
    FileSink sink = sink(1);
    write(sink, 1);
    write(sink, 2);
    assertThat(rights(directory())).isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(directory())) {
      assertThat(files)
          .hasSize(4)
          .allSatisfy(file -> assertThat(rights(file)).isEqualTo("rw-------"));
    }
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void writerWaitsForTheOneThatHoldsTheLock() throws Exception {
    FileSink sink = sink(Long.MAX_VALUE);
    try (Closeable lock = new NioDisk(directory()).lock()) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> write(sink, 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is locked by another writer");
    }
    write(sink, 1);
    assertThat(sink.load()).contains(Dump.at(1));
  }

  @Test
  void unfinishedFilesOfAKilledWriterAreRemoved() throws Exception {
    write(sink(Long.MAX_VALUE), 1);
    Path left = directory().resolve(FileNames.unfinished(FileNames.snapshot(7)));
    Files.write(left, new byte[100]);
    write(sink(Long.MAX_VALUE), 2);
    assertThat(left).doesNotExist();
  }

  @Test
  void wipedDumpIsASinkThatWasRolledBack() throws Exception {
    FileSink sink = sink(Long.MAX_VALUE);
    write(sink, 1);
    Files.delete(directory().resolve(FileNames.log(1)));
    assertThatThrownBy(sink::confirm).isInstanceOf(SinkRolledBackException.class);
    assertThatThrownBy(() -> write(sink, 2)).isInstanceOf(SinkRolledBackException.class);
    assertThat(sink.load()).isEmpty();
    write(sink, 2);
    assertThat(sink.load()).contains(Dump.at(2));
  }

  @Test
  void olderCopyOfADumpIsASinkThatWasRolledBack() throws Exception {
    FileSink sink = sink(Long.MAX_VALUE);
    write(sink, 1);
    Path log = directory().resolve(FileNames.log(1));
    byte[] older = Files.readAllBytes(log);
    write(sink, 2);
    sink.confirm();
    Files.write(log, older);
    assertThatThrownBy(sink::confirm).isInstanceOf(SinkRolledBackException.class);
    assertThat(sink.load()).contains(Dump.at(1));
  }

  @Test
  void dumpOfAnotherLinkIsRefused() throws Exception {
    write(sink(Long.MAX_VALUE), 1);
    FileSink other = FileSink.at(directory(), KeyModel.BYTES, Retention.DEFAULT);
    other.indexStore("other");
    assertThatThrownBy(other::load)
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("belongs to link 'link', and not to 'other'");
  }

  @Test
  void dumpOfAnotherKeyModelIsRefused() throws Exception {
    write(sink(Long.MAX_VALUE), 1);
    assertThatThrownBy(() -> FileSink.at(directory(), KeyModel.PATHS, Retention.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has keys as bytes (etcd v3)");
    try (FileSink same = FileSink.at(directory(), null, Retention.DEFAULT)) {
      assertThat(same.keyModel()).isEqualTo(KeyModel.BYTES);
    }
    FileSink paths = new FileSink(new NioDisk(parent), KeyModel.PATHS, Retention.DEFAULT, 1);
    SinkContext context = new SinkContext(Dump.LINK, KeyModel.BYTES, List.of(Dump.PREFIX));
    assertThatThrownBy(() -> paths.open(context)).isInstanceOf(PermanentException.class);
  }
}
