package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.IndexStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Contract of each {@link IndexStore}. */
@Timeout(600)
public abstract class IndexStoreContract {

  private static final Instant WHEN = Instant.parse("2026-01-02T03:04:05.678Z");

  private final List<IndexStore> opened = new ArrayList<>();

  /** For subclasses. */
  protected IndexStoreContract() {}

  /**
   * Opens a store. Stores of one place share what is saved; those of another have nothing to do
   * with it. Each test begins with empty places.
   *
   * @param place 0 or 1
   */
  protected abstract IndexStore openStore(int place) throws Exception;

  private IndexStore open(int place) throws Exception {
    IndexStore store = openStore(place);
    opened.add(store);
    return store;
  }

  @AfterEach
  void closeStores() {
    opened.forEach(IndexStore::close);
  }

  private static Checkpoint at(long index) {
    return new Checkpoint(index, "cdf818194e3a8c32", "scope-1", WHEN);
  }

  @Test
  void isEmptyAtFirst() throws Exception {
    IndexStore store = open(0);
    assertThat(store.load()).isEmpty();
    assertThat(store.load()).isEmpty();
  }

  @Test
  void givesBackWhatWasSaved() throws Exception {
    IndexStore store = open(0);
    assertThat(store.load()).isEmpty();
    store.save(at(0));
    assertThat(store.load()).contains(at(0));
    store.save(at(Long.MAX_VALUE));
    assertThat(store.load()).contains(at(Long.MAX_VALUE));
  }

  @Test
  void givesBackWhatWasSavedAfterReopening() throws Exception {
    IndexStore first = open(0);
    assertThat(first.load()).isEmpty();
    first.save(at(7));
    first.close();
    IndexStore second = open(0);
    assertThat(second.load()).contains(at(7));
    second.save(at(8));
    second.close();
    assertThat(open(0).load()).contains(at(8));
  }

  @Test
  void keepsClusterIdAndScopeAsTheyAre() throws Exception {
    IndexStore store = open(0);
    assertThat(store.load()).isEmpty();
    Checkpoint odd = new Checkpoint(1, "id \"é\" = {1, 2}", "scope\\ 鍵&a=b%20+\nsecond line", WHEN);
    store.save(odd);
    assertThat(open(0).load()).contains(odd);
    Checkpoint bare = new Checkpoint(2, null, null, WHEN);
    store.save(bare);
    assertThat(open(0).load()).contains(bare);
  }

  private static Checkpoint noted(long index, String... namesAndValues) {
    Map<String, String> notes = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      notes.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return at(index).withNotes(notes);
  }

  @Test
  void keepsNotesAsTheyAre() throws Exception {
    IndexStore store = open(0);
    assertThat(store.load()).isEmpty();
    Checkpoint odd =
        noted(
            1,
            "plain",
            "text",
            "empty",
            "",
            "lines",
            "one\ntwo\r\nthree\n\n",
            "equations",
            "a=b=c\nnote.x=y",
            "quotes",
            "\"double\" 'single' \\back\\slash\\n {\"json\": [1, 2]}",
            "blanks",
            "  \t before and after \t  ",
            "signs",
            "#comment ! : ; % & < > \u0001 \u007f \u2028",
            "letters",
            "é 鍵 😀",
            "A-z-0-9",
            "a name of each kind");
    store.save(odd);
    assertThat(store.load()).contains(odd);
    assertThat(open(0).load()).contains(odd);
  }

  @Test
  void savesWhereOnlyANoteChanges() throws Exception {
    IndexStore store = open(0);
    assertThat(store.load()).isEmpty();
    for (Checkpoint next :
        List.of(
            at(1),
            noted(1, "a", "1"),
            noted(1, "a", "2"),
            noted(1, "a", "2", "b", "3"),
            noted(1, "b", "3"),
            noted(1, "b", "3", "anchor", "x"),
            noted(1, "anchor", "x"),
            at(1))) {
      store.save(next);
      assertThat(open(0).load()).contains(next);
      assertThat(store.load()).contains(next);
      store.save(next);
      assertThat(open(0).load()).contains(next);
    }
  }

  /** As the engine does on a first run: index 0 is none that a sink holds. */
  @Test
  void keepsWhatANoteSaysOfIndexZeroUntilTheNoteGoes() throws Exception {
    IndexStore store = open(0);
    assertThat(store.load()).isEmpty();
    Checkpoint unfinished = noted(0, "must-compare", "NO_CHECKPOINT (first copy not finished)");
    store.save(unfinished);
    assertThat(open(0).load()).contains(unfinished);
    store.save(noted(7, "anchor", "x"));
    assertThat(open(0).load()).contains(noted(7, "anchor", "x"));
    Checkpoint doubted = noted(7, "anchor", "x", "must-compare", "INDEX_DISPROVED at index 7");
    store.save(doubted);
    assertThat(open(0).load()).contains(doubted);
  }

  /** It is made anew with each batch, and an older one says as much. */
  @Test
  void onlyTheNoteNamedAnchorMayBeOlderThanTheRest() throws Exception {
    IndexStore store = open(0);
    assertThat(store.load()).isEmpty();
    store.save(noted(1, "anchor", "of 1", "other", "a"));
    for (long index = 2; index <= 20; index++) {
      long saved = index;
      store.save(noted(index, "anchor", "of " + index, "other", "a"));
      assertThat(open(0).load())
          .hasValueSatisfying(found -> {
            assertThat(found.withNotes(Map.of())).isEqualTo(at(saved));
            assertThat(found.notes()).containsEntry("other", "a");
            assertThat(found.notes().get("anchor")).startsWith("of ");
          });
    }
    store.save(noted(21, "anchor", "of 21", "other", "b"));
    assertThat(open(0).load()).contains(noted(21, "anchor", "of 21", "other", "b"));
  }

  @Test
  void savesAgainAndAgain() throws Exception {
    IndexStore store = open(0);
    assertThat(store.load()).isEmpty();
    for (int i = 1; i <= 100; i++) {
      store.save(at(i));
    }
    assertThat(open(0).load()).contains(at(100));
  }

  @Test
  void savesTheSameAgain() throws Exception {
    IndexStore store = open(0);
    assertThat(store.load()).isEmpty();
    store.save(at(1));
    store.save(at(1));
    assertThat(open(0).load()).contains(at(1));
  }

  @Test
  void takesALowerIndex() throws Exception {
    IndexStore store = open(0);
    assertThat(store.load()).isEmpty();
    store.save(at(3_020_127));
    store.save(at(12));
    assertThat(open(0).load()).contains(at(12));
  }

  @Test
  void placesDoNotMix() throws Exception {
    IndexStore here = open(0);
    IndexStore there = open(1);
    assertThat(here.load()).isEmpty();
    assertThat(there.load()).isEmpty();
    here.save(at(1));
    there.save(at(2));
    here.save(at(3));
    assertThat(open(0).load()).contains(at(3));
    assertThat(open(1).load()).contains(at(2));
  }

  @Test
  void fencesTheSecondOfTwoThatBeginAtOnce() throws Exception {
    IndexStore first = open(0);
    IndexStore second = open(0);
    assertThat(first.load()).isEmpty();
    assertThat(second.load()).isEmpty();
    first.save(at(1));
    assertThatThrownBy(() -> second.save(at(2))).isInstanceOf(FencedException.class);
    assertThat(open(0).load()).contains(at(1));
    first.save(at(3));
    assertThat(open(0).load()).contains(at(3));
  }

  @Test
  void fencesTheOneThatWasOvertaken() throws Exception {
    IndexStore first = open(0);
    assertThat(first.load()).isEmpty();
    first.save(at(1));
    IndexStore second = open(0);
    assertThat(second.load()).contains(at(1));
    first.save(at(2));
    assertThatThrownBy(() -> second.save(at(3))).isInstanceOf(FencedException.class);
    assertThatThrownBy(() -> second.save(at(3))).isInstanceOf(FencedException.class);
    assertThat(open(0).load()).contains(at(2));
  }

  @Test
  void fencesAlsoWhereTheIndexIsTheSame() throws Exception {
    IndexStore first = open(0);
    assertThat(first.load()).isEmpty();
    first.save(at(1));
    IndexStore second = open(0);
    assertThat(second.load()).contains(at(1));
    second.save(new Checkpoint(1, "another", "scope-1", WHEN));
    assertThatThrownBy(() -> first.save(at(2))).isInstanceOf(FencedException.class);
  }

  @Test
  void loadingAgainTakesOver() throws Exception {
    IndexStore first = open(0);
    IndexStore second = open(0);
    assertThat(first.load()).isEmpty();
    assertThat(second.load()).isEmpty();
    first.save(at(1));
    assertThat(second.load()).contains(at(1));
    second.save(at(2));
    assertThatThrownBy(() -> first.save(at(3))).isInstanceOf(FencedException.class);
    assertThat(open(0).load()).contains(at(2));
  }

  @Test
  void closingAgainIsHarmless() throws Exception {
    IndexStore store = open(0);
    store.close();
    store.close();
  }
}
