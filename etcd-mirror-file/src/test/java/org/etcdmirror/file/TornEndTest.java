package org.etcdmirror.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.file.internal.MemoryDisk;
import org.etcdmirror.file.internal.format.Commit;
import org.etcdmirror.file.internal.format.Damage;
import org.etcdmirror.file.internal.format.FileHeader;
import org.etcdmirror.file.internal.format.FileNames;
import org.etcdmirror.file.internal.format.Frame;
import org.etcdmirror.file.internal.format.Stored;
import org.junit.jupiter.api.Test;

/** A torn last record is cut off. Damage before it is an error that names file and offset. */
class TornEndTest {

  private static final String LOG = FileNames.log(1);
  private static final int BATCHES = 4;

  private final MemoryDisk disk = new MemoryDisk();
  private final long[] ends = new long[BATCHES + 1];

  TornEndTest() throws Exception {
    FileSink sink = sink(disk);
    ends[0] = FileHeader.BYTES;
    for (int i = 1; i <= BATCHES; i++) {
      sink.apply(batch(i), Dump.at(i));
      ends[i] = disk.bytes(LOG).length;
    }
  }

  private static FileSink sink(MemoryDisk disk) {
    return Dump.sink(disk, KeyModel.BYTES, Long.MAX_VALUE);
  }

  private static EventBatch batch(long index) {
    return EventBatch.of(List.of(Dump.put("/p/key" + index, "value", index)), index, index);
  }

  @Test
  void logThatEndsAnywhereHoldsTheBatchesThatAreWhole() throws Exception {
    byte[] whole = disk.bytes(LOG);
    for (int size = FileHeader.BYTES; size <= whole.length; size++) {
      MemoryDisk cut = disk.copy();
      cut.put(LOG, Arrays.copyOf(whole, size));
      long committed = committed(size);
      assertThat(index(cut)).as("size %d", size).isEqualTo(committed);
      FileSink next = sink(cut);
      next.apply(batch(9), Dump.at(9));
      assertThat(index(cut)).isEqualTo(9);
      assertThat(Dump.lines(next.snapshot(Dump.ALL))).hasSize((int) committed + 1);
    }
  }

  private long committed(long size) {
    return Arrays.stream(ends).filter(end -> end <= size).count() - 1;
  }

  private static long index(MemoryDisk disk) throws Exception {
    return sink(disk).load().map(Checkpoint::index).orElse(0L);
  }

  @Test
  void eachDamagedByteIsFound() throws Exception {
    byte[] whole = disk.bytes(LOG);
    for (int at = 0; at < whole.length; at++) {
      MemoryDisk damaged = disk.copy();
      byte[] bytes = whole.clone();
      bytes[at] ^= 0x10;
      damaged.put(LOG, bytes);
      if (at >= ends[BATCHES - 1]) {
        assertThat(index(damaged)).as("damage at %d", at).isEqualTo(BATCHES - 1);
      } else {
        assertThatThrownBy(() -> index(damaged))
            .as("damage at %d", at)
            .isInstanceOf(PermanentException.class)
            .hasMessageContaining("/memory/" + LOG);
      }
    }
  }

  @Test
  void damageNamesFileAndOffset() {
    byte[] bytes = disk.bytes(LOG);
    bytes[(int) ends[1] + 40] ^= 1;
    disk.put(LOG, bytes);
    assertThatThrownBy(() -> index(disk))
        .isInstanceOf(Damage.class)
        .hasMessage(
            "file of a dump is damaged: '/memory/%s' at offset %d: there is no whole record of group 2; restore the file from a copy, read the dump at an index before it, or begin another dump"
                .formatted(LOG, ends[1]));
  }

  @Test
  void whatIsNotDamagedCanStillBeRead() throws Exception {
    MemoryDisk rolled = new MemoryDisk();
    FileSink sink = Dump.sink(rolled, KeyModel.BYTES, 1);
    for (int i = 1; i <= 2 * BATCHES; i++) {
      sink.apply(batch(i), Dump.at(i));
    }
    long lost = FileNames.logs(rolled.names()).higherKey(1L);
    byte[] bytes = rolled.bytes(FileNames.log(lost));
    bytes[FileHeader.BYTES + 40] ^= 1;
    rolled.put(FileNames.log(lost), bytes);
    for (long index : new long[] {1, lost - 1, 2 * BATCHES}) {
      assertThat(Dump.lines(new FileSource(rolled, KeyModel.BYTES, index).snapshot(Dump.ALL)))
          .hasSize((int) index);
    }
    assertThatThrownBy(() -> new FileSource(rolled, KeyModel.BYTES, lost).head(Dump.ALL))
        .isInstanceOf(Damage.class)
        .hasMessageEndingWith(
            "; index %d is not recorded in the rest: the nearest recorded indexes are %d and %d"
                .formatted(lost, lost - 1, lost + 1));
  }

  @Test
  void damageSaysWhichIndexCanStillBeRead() {
    byte[] bytes = disk.bytes(LOG);
    bytes[(int) ends[1] + 40] ^= 1;
    disk.put(LOG, bytes);
    assertThatThrownBy(() -> new FileSource(disk, KeyModel.BYTES, null).head(Dump.ALL))
        .isInstanceOf(Damage.class)
        .hasMessageEndingWith("; the newest index that can be read is 1");
    bytes[(int) ends[0] + 40] ^= 1;
    disk.put(LOG, bytes);
    assertThatThrownBy(() -> new FileSource(disk, KeyModel.BYTES, null).head(Dump.ALL))
        .isInstanceOf(Damage.class)
        .hasMessageEndingWith("; no index can be read");
  }

  @Test
  void indexBehindASnapshotWithADamagedEndIsReadFromAnOlderOne() throws Exception {
    MemoryDisk rolled = new MemoryDisk();
    FileSink sink = Dump.sink(rolled, KeyModel.BYTES, 1);
    for (int i = 1; i <= BATCHES; i++) {
      sink.apply(batch(i), Dump.at(i));
    }
    String newest = FileNames.snapshot(FileNames.snapshots(rolled.names()).last());
    byte[] bytes = rolled.bytes(newest);
    bytes[bytes.length - 20] ^= 1;
    rolled.put(newest, bytes);
    assertThatThrownBy(() -> new FileSource(rolled, KeyModel.BYTES, null).head(Dump.ALL))
        .isInstanceOf(Damage.class)
        .hasMessageEndingWith("; the newest index that can be read is " + BATCHES);
    FileSource source = new FileSource(rolled, KeyModel.BYTES, (long) BATCHES);
    assertThat(Dump.lines(source.snapshot(Dump.ALL))).hasSize(BATCHES);
  }

  @Test
  void zeroesBehindTheLastRecordAreATornEnd() throws Exception {
    byte[] bytes = disk.bytes(LOG);
    disk.put(LOG, Arrays.copyOf(bytes, bytes.length + 4_096));
    assertThat(index(disk)).isEqualTo(BATCHES);
    sink(disk).apply(batch(9), Dump.at(9));
    assertThat(index(disk)).isEqualTo(9);
  }

  /** A write that failed may have left the end of a group behind that of a newer attempt. */
  @Test
  void partsOfTwoAttemptsAreNoGroup() throws Exception {
    MemoryDisk mixed = new MemoryDisk();
    ByteBuffer log = ByteBuffer.allocate(1_000);
    log.put(new FileHeader(FileHeader.Kind.LOG, KeyModel.BYTES, 1).encode());
    log.put(new Frame(Frame.CHANGES, 1, 77, new byte[0]).encode());
    Commit commit = new Commit(1, 0, new Stored(Dump.LINK, Dump.at(1)));
    log.put(new Frame(Frame.COMMIT, 1, 78, commit.encode()).encode());
    mixed.put(LOG, Arrays.copyOf(log.array(), log.position()));
    assertThat(index(mixed)).isZero();
  }

  @Test
  void damagedSnapshotIsAnError() throws Exception {
    MemoryDisk rolled = new MemoryDisk();
    FileSink sink = Dump.sink(rolled, KeyModel.BYTES, 1);
    sink.apply(batch(1), Dump.at(1));
    sink.apply(batch(2), Dump.at(2));
    String name = FileNames.snapshot(1);
    byte[] whole = rolled.bytes(name);
    for (int at = 0; at < whole.length; at++) {
      MemoryDisk damaged = rolled.copy();
      byte[] bytes = whole.clone();
      bytes[at] ^= 0x10;
      damaged.put(name, bytes);
      assertThatThrownBy(
              () -> {
                FileSink reader = Dump.sink(damaged, KeyModel.BYTES, Long.MAX_VALUE);
                reader.load();
                Dump.lines(reader.snapshot(Dump.ALL));
              })
          .as("damage at %d", at)
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("/memory/" + name);
    }
  }

  @Test
  void missingLogIsAnError() throws Exception {
    MemoryDisk rolled = new MemoryDisk();
    FileSink sink = Dump.sink(rolled, KeyModel.BYTES, 1);
    for (int i = 1; i <= BATCHES; i++) {
      sink.apply(batch(i), Dump.at(i));
    }
    long first = FileNames.logs(rolled.names()).higherKey(1L);
    String missing = FileNames.log(first);
    rolled.delete(missing);
    FileSource source = new FileSource(rolled, KeyModel.BYTES, first);
    assertThatThrownBy(() -> source.head(Dump.ALL))
        .isInstanceOf(Damage.class)
        .hasMessageContaining(missing)
        .hasMessageContaining("the file is missing");
  }
}
