package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.ContractsFindMistakesTest.failures;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.testkit.ContractsFindMistakesTest.OfSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Runs the contracts for recovery on implementations with one mistake each. */
class RecoveryContractsFindMistakesTest {

  @Test
  void contractDetectsLostNotes() {
    assertThat(failures(NoNotes.class))
        .contains("keepsNotesAsTheyAre", "savesWhereOnlyANoteChanges")
        .doesNotContain("givesBackWhatWasSaved");
  }

  @Test
  void contractDetectsChangedNoteThatIsNotSaved() {
    assertThat(failures(FirstNotesOnly.class))
        .contains("savesWhereOnlyANoteChanges", "onlyTheNoteNamedAnchorMayBeOlderThanTheRest")
        .doesNotContain("keepsNotesAsTheyAre");
  }

  @Test
  void contractDetectsAnchorsWronglyReportedAsBroken() {
    assertThat(failures(BelievesTheVersionOfNow.class))
        .contains(
            "anAnchorHoldsOrIsUnknown",
            "anAnchorHoldsOrIsUnknownAfterADeletedTree",
            "aLastChangeHoldsOrIsUnknown");
  }

  @Test
  void contractDetectsExactKeysTreatedAsPrefixes() {
    assertThat(failures(NoExactSnapshots.class))
        .contains("anExactSnapshotTellsAtLeastTheNamedKeys")
        .doesNotContain("snapshotKeepsToTheSelection");
  }

  @Test
  void contractDetectsHistoryThatDoesNotExist() {
    assertThat(failures(HistoryFromTheFuture.class))
        .contains("historyReachesFromTheOldestToTheNewestIndex");
  }

  abstract static class OfStore extends IndexStoreContract {
    private final List<AtomicReference<@Nullable Checkpoint>> places =
        List.of(new AtomicReference<>(), new AtomicReference<>());

    abstract Map<String, String> kept(@Nullable Checkpoint before, Map<String, String> notes);

    @Override
    protected IndexStore openStore(int place) {
      return new ReferenceStore(places.get(place)) {
        @Override
        public void save(Checkpoint checkpoint) throws IOException {
          super.save(checkpoint.withNotes(kept(this.place.get(), checkpoint.notes())));
        }
      };
    }
  }

  static class NoNotes extends OfStore {
    @Override
    Map<String, String> kept(@Nullable Checkpoint before, Map<String, String> notes) {
      return Map.of();
    }
  }

  static class FirstNotesOnly extends OfStore {
    @Override
    Map<String, String> kept(@Nullable Checkpoint before, Map<String, String> notes) {
      return before == null ? notes : before.notes();
    }
  }

  static class BelievesTheVersionOfNow extends OfSource {
    BelievesTheVersionOfNow() {
      super(
          new ReferenceSource() {
            @Override
            public synchronized Anchor.Check check(Anchor anchor) {
              return history.stream()
                      .filter(event -> event.key().equals(anchor.key()))
                      .mapToLong(MirrorEvent::index)
                      .allMatch(index -> index <= anchor.version())
                  ? Anchor.Check.HOLDS
                  : Anchor.Check.BROKEN;
            }

            @Override
            public synchronized Anchor.Check check(Selection selection, LastChange last) {
              return history.stream().allMatch(event -> event.index() <= last.any())
                  ? Anchor.Check.HOLDS
                  : Anchor.Check.BROKEN;
            }
          });
    }
  }

  static class NoExactSnapshots extends OfSource {
    NoExactSnapshots() {
      super(
          new ReferenceSource() {
            @Override
            public synchronized Snapshot snapshot(Selection selection) {
              return super.snapshot(new Selection(selection.prefixes(), false));
            }
          });
    }
  }

  static class HistoryFromTheFuture extends OfSource {
    HistoryFromTheFuture() {
      super(
          new ReferenceSource() {
            @Override
            public synchronized SourceHistory history(Selection selection) {
              return new SourceHistory(history.size() + 2L, history.size());
            }
          });
    }
  }
}
