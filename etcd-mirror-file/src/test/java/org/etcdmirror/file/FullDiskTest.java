package org.etcdmirror.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.MemoryDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A full disk is a failure that passes, and leaves the dump as it was. */
class FullDiskTest {

  /** A batch takes more bytes than these. */
  private static final int SMALLEST_BATCH = 100;

  private final MemoryDisk disk = new MemoryDisk();

  @ParameterizedTest
  @ValueSource(longs = {1, Long.MAX_VALUE})
  void batchThatDoesNotFitChangesNothingAndGoesInLater(long snapshotAfter) throws Exception {
    FileSink sink = Dump.sink(disk, KeyModel.BYTES, snapshotAfter);
    sink.apply(batch(1), Dump.at(1));
    for (int room = 0; room < SMALLEST_BATCH; room += 7) {
      disk.room(room);
      assertThatThrownBy(() -> sink.apply(batch(2), Dump.at(2)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left on device");
      assertThat(load(snapshotAfter)).isEqualTo(1);
    }
    disk.room(Long.MAX_VALUE);
    sink.apply(batch(2), Dump.at(2));
    assertThat(load(snapshotAfter)).isEqualTo(2);
    assertThat(Dump.lines(sink.snapshot(Dump.ALL))).containsExactly("/p/1=v", "/p/2=v");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, Long.MAX_VALUE})
  void writerGoesOnBehindWhatItCouldNotCutOff(long snapshotAfter) throws Exception {
    FileSink sink = Dump.sink(disk, KeyModel.BYTES, snapshotAfter);
    sink.apply(batch(1), Dump.at(1));
    disk.failsToSync(true);
    disk.failsToTruncate(true);
    assertThatThrownBy(() -> sink.apply(batch(2), Dump.at(2))).isInstanceOf(IOException.class);
    disk.failsToSync(false);
    disk.failsToTruncate(false);
    sink.apply(batch(3), Dump.at(3));
    assertThat(load(snapshotAfter)).isEqualTo(3);
    assertThat(Dump.lines(sink.snapshot(Dump.ALL))).containsExactly("/p/1=v", "/p/3=v");
  }

  /** As on a file system that an error made read-only until a person repairs it. */
  @Test
  void writerKnowsWhatItCouldNotCutOffAfterMoreFailures() throws Exception {
    FileSink sink = Dump.sink(disk, KeyModel.BYTES, Long.MAX_VALUE);
    sink.apply(batch(1), Dump.at(1));
    disk.failsToSync(true);
    disk.failsToTruncate(true);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> sink.apply(batch(2), Dump.at(2))).isInstanceOf(IOException.class);
    }
    disk.failsToSync(false);
    disk.failsToTruncate(false);
    sink.apply(batch(3), Dump.at(3));
    assertThat(Dump.lines(sink.snapshot(Dump.ALL))).containsExactly("/p/1=v", "/p/3=v");
  }

  private long load(long snapshotAfter) throws Exception {
    return Dump.sink(disk, KeyModel.BYTES, snapshotAfter).load().orElseThrow().index();
  }

  private static EventBatch batch(long index) {
    return EventBatch.of(List.of(Dump.put("/p/" + index, "v", index)), index, index);
  }
}
