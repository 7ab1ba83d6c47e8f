package org.etcdmirror.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.disk.NioDisk;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A dump holds, at each recorded index, what a map holds after the same events. */
class EachIndexTest {

  private static final int BATCHES = 150;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(KeyModel.class)
  void dumpHoldsAtEachIndexWhatAMapHolds(KeyModel keyModel) throws Exception {
    long seed = new Random().nextLong();
    for (long snapshotAfter : new long[] {1, 2_000, Long.MAX_VALUE}) {
      Path place = directory.resolve("after-" + snapshotAfter);
      dumpHoldsAtEachIndexWhatAMapHolds(keyModel, place, snapshotAfter, seed);
    }
  }

  private static void dumpHoldsAtEachIndexWhatAMapHolds(
      KeyModel keyModel, Path place, long snapshotAfter, long seed) throws Exception {
    Random random = new Random(seed);
    String what = "seed %d, %s, a snapshot after %d".formatted(seed, keyModel, snapshotAfter);
    RandomBatches batches = new RandomBatches(random, keyModel);
    DumpModelMap model = new DumpModelMap(keyModel);
    List<List<String>> expected = new ArrayList<>(List.of(List.of()));
    FileSink sink = Dump.sink(new NioDisk(place), keyModel, snapshotAfter);
    for (int i = 1; i <= BATCHES; i++) {
      EventBatch batch = batches.next();
      batch.events().forEach(model::apply);
      sink.apply(batch, Dump.at(batch.index()));
      expected.add(model.lines());
      if (random.nextInt(10) == 0) {
        sink.close();
        sink = Dump.sink(new NioDisk(place), keyModel, snapshotAfter);
        assertThat(sink.load()).as(what).contains(Dump.at(batch.index()));
      }
      if (random.nextInt(5) == 0) {
        assertThat(Dump.lines(sink.snapshot(Dump.ALL)))
            .as("%s, index %d", what, i)
            .isEqualTo(model.lines());
      }
    }
    sink.close();
    for (long index = 1; index <= BATCHES; index++) {
      try (FileSource source = FileSource.at(place, index)) {
        assertThat(source.keyModel()).isEqualTo(keyModel);
        assertThat(Dump.lines(source.snapshot(Dump.ALL)))
            .as("%s, index %d", what, index)
            .isEqualTo(expected.get((int) index));
      }
    }
  }
}
