package org.etcdmirror.file;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.Start;
import org.etcdmirror.file.internal.MemoryDisk;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading a dump as a source. */
class FileSourceTest {

  private final MemoryDisk disk = new MemoryDisk();
  private final FileSink sink = Dump.sink(disk, KeyModel.BYTES, Long.MAX_VALUE);

  private FileSource source(@Nullable Long at) {
    return new FileSource(disk, KeyModel.BYTES, at);
  }

  private void write(long index, MirrorEvent... events) throws Exception {
    sink.apply(EventBatch.of(List.of(events), index, index), Dump.at(index));
  }

  private static MirrorEvent expiring(String key, Duration left, long index) {
    Lease lease = new Lease(7, Duration.ofSeconds(60));
    return new MirrorEvent.Put(Bytes.utf8(key), Bytes.utf8("v"), index, Expiry.in(left), lease);
  }

  @Test
  void headNamesTheClusterAndTheNewestIndex() throws Exception {
    write(5, Dump.put("/p/a", "1", 5));
    write(9, Dump.put("/p/b", "2", 8));
    assertThat(source(null).head(Dump.ALL)).isEqualTo(new SourceHead("cluster", 9));
    assertThat(source(5L).head(Dump.ALL)).isEqualTo(new SourceHead("cluster", 5));
    assertThat(Dump.lines(source(5L).snapshot(Dump.ALL))).containsExactly("/p/a=1");
    assertThat(Dump.entries(source(9L).snapshot(Dump.ALL)))
        .extracting(MirrorEvent::index)
        .containsExactly(5L, 8L);
  }

  @Test
  void indexThatIsNotRecordedIsRefusedWithTheNearestOnes() throws Exception {
    for (long index : new long[] {10, 20, 30}) {
      write(index, Dump.put("/p/a", "1", index));
    }
    assertThatThrownBy(() -> source(25L).head(Dump.ALL))
        .isInstanceOf(PermanentException.class)
        .hasMessage(
            "index 25 is not recorded in dump '/memory': the nearest recorded indexes are 20 and 30");
    assertThatThrownBy(() -> source(5L).head(Dump.ALL))
        .hasMessageEndingWith("the oldest recorded index is 10");
    assertThatThrownBy(() -> source(31L).head(Dump.ALL))
        .hasMessageEndingWith("the newest recorded index is 30");
  }

  /** A file removes nothing by itself. */
  @Test
  void whatHasExpiredIsHiddenFromReadersAndShownToTheMirrorThatDeletesIt() throws Exception {
    write(5, expiring("/p/a", Duration.ofSeconds(-1), 5), Dump.put("/p/b", "2", 5));
    assertThat(Dump.lines(source(null).snapshot(Dump.ALL))).containsExactly("/p/b=2");
    assertThat(Dump.entries(sink.snapshot(Dump.ALL)))
        .extracting(entry -> entry.key().toString())
        .containsExactly("/p/a", "/p/b");
  }

  @Test
  void firstCopyThatIsNotFinishedIsNotRead() throws Exception {
    sink.save(Dump.unfinished());
    sink.apply(EventBatch.of(List.of(Dump.put("/p/a", "1", 1)), 1, 1));
    assertThatThrownBy(() -> source(null).head(Dump.ALL))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("dump holds no complete state: '/memory'");
  }

  /** A comparison that was interrupted leaves a state that the source never had. */
  @Test
  void newestIndexIsTheLastThatWasWhole() throws Exception {
    write(5, Dump.put("/p/a", "1", 5));
    sink.save(Dump.at(7).withNotes(Map.of("must-compare", "HISTORY_COMPACTED at index 7")));
    sink.apply(EventBatch.of(List.of(Dump.put("/p/b", "2", 9)), 9, 9));
    assertThat(source(null).head(Dump.ALL).index()).isEqualTo(5);
    assertThat(Dump.lines(source(null).snapshot(Dump.ALL))).containsExactly("/p/a=1");
  }

  @Test
  void lastStateOfAnIndexCounts() throws Exception {
    write(5, Dump.put("/p/a", "1", 5));
    write(5, Dump.put("/p/a", "repaired", 5));
    assertThat(Dump.lines(source(5L).snapshot(Dump.ALL))).containsExactly("/p/a=repaired");
  }

  @Test
  void entryHasTheTimeThatIsLeftOfIt() throws Exception {
    write(5, expiring("/p/a", Duration.ofHours(1), 5), expiring("/p/gone", Duration.ZERO, 5));
    assertThat(Dump.entries(source(null).snapshot(Dump.ALL)))
        .singleElement()
        .isInstanceOfSatisfying(
            MirrorEvent.Put.class,
            put -> {
              assertThat(put.key()).isEqualTo(Bytes.utf8("/p/a"));
              assertThat(put.lease()).isEqualTo(new Lease(7, Duration.ofSeconds(60)));
              assertThat(requireNonNull(put.expiresAt()).left())
                  .isBetween(Duration.ofMinutes(50), Duration.ofMinutes(61));
            });
  }

  @Test
  void prolongedExpiryReplacesTheFormer() throws Exception {
    write(5, expiring("/p/a", Duration.ZERO, 5));
    write(
        6,
        new MirrorEvent.Refresh(Bytes.utf8("/p/a"), 6, Expiry.in(Duration.ofHours(1)), null),
        new MirrorEvent.Refresh(Bytes.utf8("/p/none"), 6, Expiry.in(Duration.ofHours(1)), null));
    assertThat(Dump.lines(source(6L).snapshot(Dump.ALL))).containsExactly("/p/a=v");
    assertThat(Dump.lines(source(5L).snapshot(Dump.ALL))).isEmpty();
  }

  @Test
  void directoryThatHasExpiredTakesItsContentWithIt() throws Exception {
    MemoryDisk paths = new MemoryDisk();
    Bytes directory = Bytes.utf8("/p/d");
    List<MirrorEvent> events =
        List.of(
            new MirrorEvent.MakeDirectory(directory, 1, Expiry.in(Duration.ZERO)),
            Dump.put("/p/d/x", "1", 1),
            Dump.put("/p/d-e", "2", 1));
    Dump.sink(paths, KeyModel.PATHS, Long.MAX_VALUE).apply(EventBatch.of(events, 1, 1), Dump.at(1));
    FileSource source = new FileSource(paths, KeyModel.PATHS, null);
    assertThat(Dump.lines(source.snapshot(Dump.ALL))).containsExactly("/p=<dir>", "/p/d-e=2");
  }

  @Test
  void prefixesMayComeInAnyOrder() throws Exception {
    write(1, Dump.put("/p/a", "1", 1), Dump.put("/p/b", "2", 1), Dump.put("/p/c", "3", 1));
    Selection selection = Selection.of(Bytes.utf8("/p/c"), Bytes.utf8("/p/a"));
    assertThat(Dump.lines(source(null).snapshot(selection))).containsExactly("/p/c=3", "/p/a=1");
  }

  @Test
  void streamIsQuietAndReachesBackNoFurtherThanTheIndexThatIsRead() throws Exception {
    write(5, Dump.put("/p/a", "1", 5));
    write(6, Dump.put("/p/a", "2", 6));
    FileSource source = source(null);
    try (EventStream stream = source.open(Dump.ALL, Start.after(6))) {
      assertThat(stream.startIndex()).isEqualTo(6);
      EventBatch batch = stream.poll(Duration.ofMillis(1));
      assertThat(batch.events()).isEmpty();
      assertThat(batch.index()).isEqualTo(6);
    }
    assertThatThrownBy(() -> source.open(Dump.ALL, Start.after(5)))
        .isInstanceOf(HistoryClearedException.class);
    EventStream open = source.open(Dump.ALL, Start.now());
    source.close();
    assertThatThrownBy(() -> open.poll(Duration.ofHours(1))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> source.head(Dump.ALL)).isInstanceOf(ClosedException.class);
  }

  @Test
  void directoryWithoutADumpIsRefused(@TempDir Path empty) {
    assertThatThrownBy(() -> FileSource.at(empty, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no dump in '%s'".formatted(empty));
    Path missing = empty.resolve("missing");
    assertThatThrownBy(() -> FileSource.at(missing, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Files.exists(missing)).isFalse();
  }
}
