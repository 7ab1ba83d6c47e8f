package org.etcdmirror.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.MemoryDisk;
import org.etcdmirror.file.internal.disk.Disk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A loss of power keeps what was synced, and any part of the rest in any order. What was committed
 * is there then, and nothing else but perhaps the batch that was being written.
 */
class LossOfPowerTest {

  private static final int LIVES = 60;
  private static final int LOSSES = 25;

  @ParameterizedTest
  @ValueSource(longs = {1, 1_500, Long.MAX_VALUE})
  void whatWasCommittedIsThereAfterALossOfPower(long snapshotAfter) throws Exception {
    long seed = new Random().nextLong();
    for (int life = 0; life < LIVES; life++) {
      live(new Random(seed + life), snapshotAfter, "seed %d, life %d".formatted(seed, life));
    }
  }

  /** The first batch of this life was torn. */
  @Test
  void dumpThatBeginsWithTornBatchIsReadAfterItsFirstLogIsRemoved() throws Exception {
    live(new Random(-8156662936943512164L), 1, "a torn first batch");
  }

  private static void live(Random random, long snapshotAfter, String what) throws Exception {
    boolean keepsAll = random.nextBoolean();
    Retention retention = new Retention(null, keepsAll ? null : 1);
    RandomBatches batches = new RandomBatches(random, KeyModel.PATHS);
    DumpModelMap model = new DumpModelMap(KeyModel.PATHS);
    MemoryDisk disk = new MemoryDisk();
    List<List<String>> states = new ArrayList<>(List.of(List.of()));
    for (int i = 0; i < LOSSES; i++) {
      EventBatch batch = batches.next();
      batch.events().forEach(model::apply);
      states.add(model.lines());
      failIn(disk, random, Dump.sink(disk, KeyModel.PATHS, retention, snapshotAfter), batch);
      disk = lossOfPower(disk, random, states, what);
      FileSink successor = Dump.sink(disk, KeyModel.PATHS, retention, snapshotAfter);
      successor.apply(batch, Dump.at(batch.index()));
      disk = disk.afterLossOfPower(random);
      assertThat(index(disk)).as(what).isEqualTo(batch.index());
      assertThat(lines(disk)).as(what).isEqualTo(model.lines());
    }
    for (long index = keepsAll ? 1 : LOSSES; index <= LOSSES; index++) {
      FileSource source = new FileSource(disk, KeyModel.PATHS, index);
      assertThat(Dump.lines(source.snapshot(Dump.ALL)))
          .as("%s, index %d", what, index)
          .isEqualTo(states.get((int) index));
    }
    FileSource none = new FileSource(disk, KeyModel.PATHS, LOSSES + 1L);
    assertThatThrownBy(() -> none.head(Dump.ALL))
        .as("%s, the whole history is read and is not damaged", what)
        .hasMessageContaining("is not recorded");
  }

  /** A batch that is torn somewhere; the next one begins behind it or cuts it off. */
  private static void failIn(MemoryDisk disk, Random random, FileSink sink, EventBatch batch)
      throws InterruptedException {
    disk.room(random.nextInt(1_000));
    disk.failsToTruncate(random.nextBoolean());
    try {
      sink.apply(batch, Dump.at(batch.index()));
    } catch (IOException e) {
      assertThat(e).isNotNull();
    } finally {
      disk.room(Long.MAX_VALUE);
      disk.failsToTruncate(false);
    }
  }

  private static MemoryDisk lossOfPower(
      MemoryDisk before, Random random, List<List<String>> states, String what) throws Exception {
    MemoryDisk after = before.afterLossOfPower(random);
    long index = index(after);
    assertThat(index).as(what).isBetween(states.size() - 2L, states.size() - 1L);
    assertThat(lines(after)).as(what).isEqualTo(states.get((int) index));
    return after;
  }

  private static long index(Disk disk) throws Exception {
    return Dump.sink(disk, KeyModel.PATHS, Long.MAX_VALUE).load().map(Checkpoint::index).orElse(0L);
  }

  private static List<String> lines(Disk disk) throws Exception {
    return Dump.lines(Dump.sink(disk, KeyModel.PATHS, Long.MAX_VALUE).snapshot(Dump.ALL));
  }

  /** The test would see it if a batch were not synced. */
  @Test
  void memoryDiskLosesWhatWasNotSynced() throws Exception {
    MemoryDisk disk = new MemoryDisk();
    FileSink sink = Dump.sink(disk, KeyModel.BYTES, Long.MAX_VALUE);
    sink.apply(batch(1), Dump.at(1));
    MemoryDisk unsynced = disk.copy();
    unsynced.ignoresSync(true);
    FileSink careless = Dump.sink(unsynced, KeyModel.BYTES, Long.MAX_VALUE);
    careless.apply(batch(2), Dump.at(2));
    List<Long> found = new ArrayList<>();
    for (int seed = 0; seed < 50; seed++) {
      found.add(index(unsynced.afterLossOfPower(new Random(seed))));
    }
    assertThat(found).contains(1L);
  }

  private static EventBatch batch(long index) {
    return EventBatch.of(List.of(Dump.put("/p/key", "value " + index, index)), index, index);
  }
}
