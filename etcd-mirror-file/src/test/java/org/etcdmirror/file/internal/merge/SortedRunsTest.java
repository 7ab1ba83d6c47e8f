package org.etcdmirror.file.internal.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.file.internal.MemoryDisk;
import org.etcdmirror.file.internal.format.Change;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More changes than fit into memory are sorted as well. */
class SortedRunsTest {

  private static final int CHANGES = 3_000;

  /** One run in memory; a few runs; so many that they are merged first. */
  @ParameterizedTest
  @ValueSource(longs = {SortedRuns.MEMORY, 20_000, 500})
  void changesComeByKeyAndInTheOrderInWhichTheyHappened(long memory) throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<Numbered> expected = new ArrayList<>();
    try (SortedRuns runs = new SortedRuns(new MemoryDisk(), memory)) {
      for (long i = 1; i <= CHANGES; i++) {
        Change change = change(random.nextInt(CHANGES / 3), i);
        expected.add(new Numbered(change, i));
        runs.add(change);
      }
      runs.finish();
      assertThat(runs.cursors()).hasSizeLessThanOrEqualTo(SortedRuns.MOST_RUNS + 1);
      expected.sort(Numbered.BY_KEY);
      for (int reading = 0; reading < 2; reading++) {
        assertThat(all(new MergedCursor(runs.cursors()))).as("seed %d", seed).isEqualTo(expected);
      }
    }
  }

  private static Change change(int key, long index) {
    return Change.of(
        new MirrorEvent.Put(Bytes.utf8("/key/" + key), Bytes.utf8("v" + index), index, null));
  }

  private static List<Numbered> all(Cursor cursor) throws Exception {
    List<Numbered> all = new ArrayList<>();
    for (Numbered next = cursor.next(); next != null; next = cursor.next()) {
      all.add(next);
    }
    return all;
  }
}
