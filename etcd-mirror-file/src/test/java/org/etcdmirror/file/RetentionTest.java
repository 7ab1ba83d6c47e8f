package org.etcdmirror.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.file.internal.MemoryDisk;
import org.etcdmirror.file.internal.format.FileNames;
import org.junit.jupiter.api.Test;

/** What is removed of the history of a dump. */
class RetentionTest {

  private static final int BATCHES = 12;

  private final MemoryDisk disk = new MemoryDisk();

  /** A snapshot is made before each batch but the first, since it is smaller than a batch. */
  private void write(Retention retention) throws Exception {
    FileSink sink = Dump.sink(disk, KeyModel.BYTES, retention, 1);
    for (long index = 1; index <= BATCHES; index++) {
      sink.apply(
          EventBatch.of(
              List.of(
                  Dump.put("/p/a", "v" + index, index),
                  new MirrorEvent.Delete(Bytes.utf8("/p/" + "x".repeat(500)), index)),
              index,
              index),
          Dump.at(index));
    }
  }

  private List<String> at(long index) throws Exception {
    return Dump.lines(new FileSource(disk, KeyModel.BYTES, index).snapshot(Dump.ALL));
  }

  @Test
  void withoutLimitsEachIndexStays() throws Exception {
    write(new Retention(null, null));
    assertThat(at(1)).containsExactly("/p/a=v1");
    assertThat(at(BATCHES)).containsExactly("/p/a=v" + BATCHES);
  }

  @Test
  void numberOfSnapshotsIsLimited() throws Exception {
    write(new Retention(null, 3));
    assertThat(FileNames.snapshots(disk.names())).containsExactly(9L, 10L, 11L);
    assertThat(FileNames.logs(disk.names())).containsOnlyKeys(10L, 11L, 12L);
    assertThat(at(9)).containsExactly("/p/a=v9");
    assertThat(at(BATCHES)).containsExactly("/p/a=v" + BATCHES);
    assertThatThrownBy(() -> at(8)).hasMessageEndingWith("the oldest recorded index is 9");
  }

  @Test
  void historyThatIsYoungEnoughStays() throws Exception {
    write(new Retention(Duration.ofHours(1), null));
    assertThat(at(1)).containsExactly("/p/a=v1");
  }

  @Test
  void historyThatIsTooOldGoesButNotTheNewestState() throws Exception {
    write(new Retention(Duration.ZERO, null));
    assertThat(FileNames.snapshots(disk.names())).containsExactly(11L);
    assertThat(at(11)).containsExactly("/p/a=v11");
    assertThat(at(BATCHES)).containsExactly("/p/a=v" + BATCHES);
    assertThatThrownBy(() -> at(10)).hasMessageEndingWith("the oldest recorded index is 11");
  }
}
