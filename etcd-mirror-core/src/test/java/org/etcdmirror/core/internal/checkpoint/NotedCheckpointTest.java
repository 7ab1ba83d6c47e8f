package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.junit.jupiter.api.Test;

/** What one run knows and the next one needs survives in the notes of each checkpoint. */
class NotedCheckpointTest {

  private static final Bytes KEY = Bytes.utf8("/conf/a");

  private final UnstartedMirror mirror = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
  private final MirrorRuntime runtime = mirror.runtime();
  private final CheckpointNotes notes = notes(runtime);
  private final String own = ScopeNote.format(mirror.mapper());

  private CheckpointNotes notes(MirrorRuntime of) {
    return new CheckpointNotes(mirror.settings(), of);
  }

  private Checkpoint at(long index, Map<String, String> noted) {
    return new Checkpoint(
            index, "c", mirror.scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE), Instant.EPOCH)
        .withNotes(noted);
  }

  private Checkpoint at(long index) {
    return at(index, Map.of());
  }

  private Map<String, String> noted() {
    return notes.noted(at(9)).notes();
  }

  private static Gap gap(Gap.Reason reason) {
    return new Gap(reason, 5, 0, 5);
  }

  @Test
  void newLinkHasNothingToTell() {
    assertThat(noted()).isEmpty();
  }

  @Test
  void nextRunKnowsWhatThisOneKnew() {
    notes.loaded(at(5));
    notes.resyncDone(List.of(new Anchors.Standing(KEY, 4, List.of(KEY))), new LastChange(4, 6, 9));
    notes.expiring().learn(List.of(KEY), true);
    Checkpoint stored = notes.noted(at(9));
    assertThat(stored.notes())
        .containsOnly(
            Map.entry("anchor", "4 9 /conf/a"),
            Map.entry("last-change", "4 6 9"),
            Map.entry("scope", own),
            Map.entry("expiring", stored.notes().get("expiring")));
    CheckpointNotes next = notes(mirror.runtime());
    next.loaded(stored);
    assertThat(next.noted(at(9))).isEqualTo(stored);
    assertThat(next.anchors().newest()).isEqualTo(new Anchor(KEY, 4, 9));
    assertThat(next.expiring().contains(KEY)).isTrue();
  }

  @Test
  void lastingAnchorIsStoredIfItIsAnother() {
    notes.resyncDone(
        List.of(
            new Anchors.Standing(KEY, 4, List.of(KEY), true),
            new Anchors.Standing(Bytes.utf8("/conf/b"), 5, List.of(), false)),
        LastChange.at(9));
    assertThat(noted())
        .containsEntry("anchor", "5 9 /conf/b")
        .containsEntry("anchor-lasting", "4 9 /conf/a");
    CheckpointNotes next = notes(mirror.runtime());
    next.loaded(notes.noted(at(9)));
    assertThat(next.anchors().lasting().newest()).isEqualTo(new Anchor(KEY, 4, 9));
  }

  @Test
  void lastChangeOfAnotherScopeSaysNothing() {
    Map<String, String> stored = Map.of("last-change", "4 6 9");
    notes.loaded(new Checkpoint(9, "c", "another", Instant.EPOCH).withNotes(stored));
    assertThat(notes.anchors().lastChange()).isNull();
    notes.loaded(at(9, stored));
    assertThat(notes.anchors().lastChange()).isEqualTo(new LastChange(4, 6, 9));
  }

  @Test
  void anchorThatIsGoneIsNotStoredAgain() {
    notes.loaded(at(9, Map.of("anchor", "4 9 /conf/a", "anchor-lasting", "3 9 /conf/b")));
    notes.skipped(20);
    assertThat(noted()).doesNotContainKeys("anchor", "anchor-lasting");
  }

  @Test
  void notesOfOthersAreKept() {
    notes.loaded(at(9, Map.of("other", "kept")));
    assertThat(noted()).containsEntry("other", "kept");
    assertThat(notes.noted(at(9, Map.of("other", "newer"))).notes())
        .containsEntry("other", "newer");
  }

  @Test
  void doubtsAreNotedUntilTheyEnd() {
    assertThat(notes.isDoubtMissing(at(9))).isFalse();
    runtime.doubts().add(gap(Gap.Reason.SINK_DRIFTED));
    assertThat(notes.isDoubtMissing(at(9))).isTrue();
    assertThat(noted().get(CompareNote.NOW)).startsWith("SINK_DRIFTED at index 5");
    assertThat(notes.isDoubtMissing(notes.noted(at(9)))).isFalse();
    long number = runtime.doubts().answer();
    assertThat(notes.notedWhenEnded(at(9), number).notes()).doesNotContainKey(CompareNote.NOW);
    assertThat(notes.notedWhenEnded(at(9), number - 1).notes()).containsKey(CompareNote.NOW);
  }

  @Test
  void doubtsOfTheCheckpointAreTakenOver() {
    Checkpoint stored =
        at(9, Map.of(CompareNote.NOW, "SINK_DRIFTED at index 5 since 2026-01-02T03:04:05Z"));
    notes.loaded(stored);
    assertThat(noted()).as("not before they are learned").doesNotContainKey(CompareNote.NOW);
    assertThat(notes.learnDoubts(stored)).hasSize(1);
    assertThat(noted().get(CompareNote.NOW))
        .isEqualTo("SINK_DRIFTED at index 9 since 2026-01-02T03:04:05Z");
  }

  @Test
  void rolledBackSinkIsADoubt() {
    notes.rolledBack(5);
    assertThat(runtime.doubts().gravest()).contains(gap(Gap.Reason.SINK_ROLLED_BACK));
  }

  @Test
  void questionIsRememberedUntilTheSinkIsLevel() {
    runtime.doubts().add(gap(Gap.Reason.SINK_DRIFTED));
    assertThat(noted()).doesNotContainKey("asked");
    notes.asks();
    Checkpoint stored = notes.noted(at(9));
    assertThat(stored.notes()).containsKey("asked");
    assertThat(notes.notedWhenEnded(at(9), runtime.doubts().answer()).notes())
        .doesNotContainKey("asked");
    CheckpointNotes next = notes(mirror.runtime());
    next.loaded(stored);
    assertThat(next.wasAsked()).isTrue();
    next.resyncDone(List.of(), LastChange.at(9));
    assertThat(next.wasAsked()).isFalse();
    next.asks();
    next.skipped(9);
    assertThat(next.wasAsked()).isFalse();
  }

  @Test
  void copyThatBeganEmptyIsRememberedUntilItIsFinished() {
    runtime.doubts().add(gap(Gap.Reason.NO_CHECKPOINT));
    notes.resyncBegins();
    notes.beginEmpty("c");
    assertThat(notes.isBegunEmpty("c")).isTrue();
    assertThat(notes.isBegunEmpty("another")).isFalse();
    Checkpoint stored = notes.noted(at(0));
    assertThat(stored.notes()).containsEntry("begun-empty", "c");
    CheckpointNotes next = notes(mirror.runtime());
    next.loaded(stored);
    assertThat(next.isBegunEmpty("c")).isTrue();
    assertThat(notes.notedWhenEnded(at(9), runtime.doubts().answer()).notes())
        .doesNotContainKey("begun-empty");
  }

  @Test
  void sinkThatAnotherScopeWroteIsNotBegunEmpty() {
    UnstartedMirror before = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    before.scope = MirrorScope.of("/old");
    notes.loaded(at(0, Map.of("scope", ScopeNote.format(before.mapper()), "begun-empty", "c")));
    assertThat(notes.isBegunEmpty("c")).isFalse();
  }

  @Test
  void startComparesWhatOnlyThisRunKnows() {
    notes.loaded(at(9, Map.of(CompareNote.AT_START, "of a former run")));
    assertThat(noted()).doesNotContainKey(CompareNote.AT_START);
    notes.compareAtStart(() -> true);
    assertThat(noted()).containsKey(CompareNote.AT_START);
  }

  @Test
  void resyncIsNewsOnce() {
    assertThat(notes.resyncBegins()).isTrue();
    assertThat(noted()).containsEntry("scope", own);
    assertThat(notes.resyncBegins()).isFalse();
  }

  @Test
  void formerScopesAreGoneAfterAResyncOrASkip() {
    UnstartedMirror before = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    before.scope = MirrorScope.of("/old");
    Checkpoint stored = at(9, CheckpointNotes.of(before.mapper(), List.of()));
    notes.loaded(stored);
    assertThat(notes.formerEntries().prefixes()).containsExactly(Bytes.utf8("/old"));
    assertThat(notes.formerEntries(stored).prefixes()).containsExactly(Bytes.utf8("/old"));
    notes.resyncDone(List.of(), LastChange.at(9));
    assertThat(notes.formerEntries().prefixes()).isEmpty();
    notes.loaded(stored);
    notes.skipped(9);
    assertThat(notes.formerEntries().prefixes()).isEmpty();
    assertThat(noted()).containsEntry("scope", own);
  }

  @Test
  void restoredSinkHoldsTheScopesOfThenAgain() {
    notes.loaded(at(9, Map.of("scope", own)));
    UnstartedMirror before = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    before.scope = MirrorScope.of("/old");
    notes.restored(at(5, CheckpointNotes.of(before.mapper(), List.of())));
    assertThat(notes.formerEntries().prefixes()).containsExactly(Bytes.utf8("/old"));
  }

  @Test
  void restoredSinkWithANoteOfANewerVersionEndsTheMirror() {
    Checkpoint newer = at(5, Map.of("must-understand", "x"));
    assertThatThrownBy(() -> notes.restored(newer)).isInstanceOf(PermanentException.class);
    assertThatThrownBy(() -> notes.loaded(newer)).isInstanceOf(PermanentException.class);
  }

  @Test
  void hiddenKeysOfTheSourceAreNoDataInAnyRun() {
    KeyMapper mapper = runtime.sides().mapper();
    notes.hide(List.of(KEY));
    assertThat(mapper.held(KEY)).isEmpty();
    Checkpoint stored = notes.noted(at(9));
    notes.hide(List.of(Bytes.utf8("/conf/b")));
    assertThat(noted().get(HiddenNote.NAME)).contains("/conf/a").contains("/conf/b");
    MirrorRuntime later = mirror.runtime();
    notes(later).loaded(stored);
    assertThat(later.sides().mapper().held(KEY)).isEmpty();
    MirrorRuntime restored = mirror.runtime();
    notes(restored).restored(stored);
    assertThat(restored.sides().mapper().held(KEY)).isEmpty();
  }

  @Test
  void notesAboutTheSourceAloneMakeNoOtherCheckpoint() {
    assertThat(
            CheckpointNotes.isSameButForSource(
                at(9, Map.of("anchor", "4 9 /a", "last-change", "1 2 9", "n", "v")),
                at(10, Map.of("n", "v"))))
        .isTrue();
    assertThat(CheckpointNotes.isSameButForSource(at(9, Map.of("n", "v")), at(9))).isFalse();
  }

  @Test
  void scopesOfACheckpointAreReadable() {
    assertThat(CheckpointNotes.scopes(at(9))).isEmpty();
    Map<String, String> stored = new TreeMap<>(CheckpointNotes.of(mirror.mapper(), List.of(KEY)));
    assertThat(stored).containsKey(HiddenNote.NAME);
    assertThat(CheckpointNotes.scopes(at(9, stored)))
        .singleElement()
        .satisfies(one -> assertThat(one.targetPrefixes()).containsExactly(Bytes.utf8("/conf")));
    assertThat(CheckpointNotes.of(mirror.mapper(), List.of())).containsOnlyKeys("scope");
  }

  @Test
  void suspectsOfTheCheckpointAreKept() {
    Map<String, String> stored =
        Map.of(SuspectsNote.NAME, "lost 2026-01-02T03:04:05Z http://e:1\nkey /conf/a");
    notes.loaded(at(9, stored));
    assertThat(noted()).containsAllEntriesOf(stored);
    notes.suspects().clear(notes.suspects().due().get(0));
    assertThat(noted()).doesNotContainKey(SuspectsNote.NAME);
  }
}
