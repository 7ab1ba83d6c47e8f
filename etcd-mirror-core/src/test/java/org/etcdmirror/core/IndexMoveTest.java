package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.store.FileIndexStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A person moves the stored index of a link that does not run. */
class IndexMoveTest extends MirrorFixture {

  private static final String DOUBT = "FORCED at index 3 since 2026-01-02T03:04:05Z";

  @BeforeEach
  void sourceHasTenEvents() {
    for (int i = 0; i < 10; i++) {
      source.put("/conf/" + i, "v");
    }
  }

  private void note(String name, String text) {
    Map<String, String> notes = new HashMap<>(store.notes());
    notes.put(name, text);
    store.presetNotes(notes);
  }

  private static void run(IndexMove move) throws Exception {
    move.run(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(longs = {-3, 2})
  void nextRunContinuesFromTheNewIndex(long by) throws Exception {
    long index = source.index() - 4;
    resumable(index);
    IndexMove move = mirror().moveIndex(index + by);
    assertThat(store.index()).as("nothing is moved yet").isEqualTo(index);
    run(move);
    assertThat(store.index()).isEqualTo(index + by);
    assertThat(store.notes().get("moved"))
        .startsWith("from %d to %d at ".formatted(index, index + by));
    assertThat(mirror().foreseeGap()).isEmpty();
    following();
    assertThat(sink.values()).hasSize((int) (4 - by));
  }

  @Test
  void describesWhatItWouldLoseOrRepeat() throws Exception {
    long index = source.index() - 4;
    resumable(index);
    assertThat(mirror().moveIndex(index + 2).describe())
        .startsWith(
            "forward from %d to %d: the changes of the 2 events".formatted(index, index + 2));
    assertThat(mirror().moveIndex(index - 2).describe())
        .startsWith("back from %d to %d: ".formatted(index, index - 2));
    store.preset(null);
    assertThat(mirror().moveIndex(index).describe()).startsWith("no index is stored: ");
  }

  @Test
  void moveToWhereItIsHasNothingToDo() throws Exception {
    resumable(source.index());
    assertThat(mirror().moveIndex(source.index()).isDone()).isTrue();
    note("must-compare", DOUBT);
    assertThat(mirror().moveIndex(source.index()).isDone()).isFalse();
  }

  /** Also where the note is not readable, so that a person can get rid of it. */
  @ParameterizedTest
  @ValueSource(strings = {DOUBT, "scribble"})
  void givesUpTheComparisonAndNotesThat(String doubt) throws Exception {
    resumable(source.index());
    note("must-compare", doubt);
    IndexMove move = mirror().moveIndex(source.index());
    assertThat(move.describe()).contains("would compare both sides (" + doubt + ")");
    run(move);
    assertThat(store.notes()).doesNotContainKey("must-compare");
    assertThat(store.notes().get("moved")).endsWith("not compared: " + doubt);
    assertThat(mirror().foreseeGap()).isEmpty();
  }

  @Test
  void formerScopesAreForgotten() throws Exception {
    resumable(source.index());
    note(
        "scope",
        "keys PATHS PATHS\nfrom /conf\nto /conf\nkeys PATHS PATHS\nfrom /other\nto /other");
    IndexMove move = mirror().moveIndex(source.index());
    assertThat(move.isDone()).isFalse();
    assertThat(move.describe()).contains("the checkpoint lists former prefixes");
    run(move);
    assertThat(store.notes()).doesNotContainKey("scope");
  }

  @Test
  void linkWithoutAnIndexGetsOneOfThisSource() throws Exception {
    run(mirror().moveIndex(source.index()));
    assertThat(store.last().clusterId()).isEqualTo(source.clusterId());
    assertThat(mirror().storedIndex().isOfSource()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"-1", "1"})
  void indexThatTheSourceHasNotReachedIsRefused(long beyond) {
    resumable(1);
    long index = beyond < 0 ? beyond : source.index() + beyond;
    assertThatThrownBy(() -> mirror().moveIndex(index))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("newest index %d: %d".formatted(source.index(), index));
  }

  @ParameterizedTest
  @CsvSource({"must-fly,soon,must-fly", "cutover,scribble,cut over"})
  void indexThatMayNotMoveStays(String note, String text, String why) {
    resumable(1);
    note(note, text);
    assertThatThrownBy(() -> mirror().moveIndex(2))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void mirrorThatMovedTheIndexMeanwhileIsNoticed() throws Exception {
    resumable(1);
    IndexMove move = mirror().moveIndex(2);
    resumable(3);
    assertThatThrownBy(() -> run(move))
        .isInstanceOf(FencedException.class)
        .hasMessageContainingAll("1 at ", "3 at ");
    assertThat(store.index()).isEqualTo(3);
  }

  @Test
  void mirrorThatWasStartedMovesNothing() throws Exception {
    resumable(1);
    EtcdMirror mirror = mirror();
    IndexMove move = mirror.moveIndex(2);
    mirror.start();
    assertThatThrownBy(() -> run(move)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> mirror.moveIndex(2)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(mirror::storedIndex).isInstanceOf(IllegalStateException.class);
  }

  /** The data bears the old index, and a start would go back to it. */
  @Test
  void indexInAFileMovesWithTheIdentityOfTheData(@TempDir Path directory) throws Exception {
    FakeIdentifiedSink identified = new FakeIdentifiedSink();
    sink = identified;
    Path file = directory.resolve("index");
    following(b -> b.indexStore(FileIndexStore.at(file))).close();
    long before = source.index();
    source.put("/conf/more", "v");
    EtcdMirror mirror = mirror(b -> b.indexStore(FileIndexStore.at(file)));
    run(mirror.moveIndex(source.index()));
    mirror.close();
    assertThat(requireNonNull(identified.present()).index()).isGreaterThan(before);
    EtcdMirror next = mirror(b -> b.indexStore(FileIndexStore.at(file)));
    Checkpoint stored = requireNonNull(next.storedIndex().checkpoint());
    assertThat(stored.index()).isEqualTo(source.index());
  }

  @Test
  void storedIndexSaysHowItLiesToTheSource() throws Exception {
    assertThat(mirror().storedIndex().checkpoint()).isNull();
    assertThat(mirror().storedIndex().isOfSource()).isFalse();
    resumable(1);
    StoredIndex stored = mirror().storedIndex();
    assertThat(stored.head().index()).isEqualTo(source.index());
    assertThat(stored.isOfSource()).isTrue();
    assertThat(stored.isFirstCopy()).isFalse();
    assertThat(stored.refusal()).isEmpty();
    note("must-compare", "NO_CHECKPOINT at index 0 since 2026-01-02T03:04:05Z");
    assertThat(mirror().storedIndex().isFirstCopy()).isTrue();
    assertThat(mirror().foreseeGap()).map(Gap::reason).contains(Gap.Reason.NO_CHECKPOINT);
    store.preset(source.index() + 1, source.clusterId(), null);
    assertThat(mirror().storedIndex().isOfSource()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"must-fly,soon,must-fly", "cutover,scribble,cut over"})
  void startThatWouldBeRefusedIsForeseen(String note, String text, String why) throws Exception {
    resumable(1);
    note(note, text);
    StoredIndex stored = mirror().storedIndex();
    assertThat(stored.isFirstCopy()).isFalse();
    assertThat(stored.refusal().orElseThrow()).contains(why);
    assertThatThrownBy(mirror()::foreseeGap)
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining(why);
  }
}
