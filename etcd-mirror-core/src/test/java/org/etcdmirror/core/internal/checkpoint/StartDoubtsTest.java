package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.internal.run.Doubts.Doubt;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Why a start must compare both sides, as far as its checkpoint tells. */
class StartDoubtsTest {

  private static final String SINCE = " at index 3 since 2026-01-02T03:04:05Z";

  private final UnstartedMirror mirror = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);

  private List<Gap> gaps(@Nullable String scope, Map<String, String> notes) {
    Checkpoint stored = new Checkpoint(5, "c", scope, Instant.EPOCH).withNotes(notes);
    StartDoubts doubts =
        new StartDoubts(
            CheckpointScope.of(mirror.settings()),
            new FormerScopes(mirror.settings(), mirror.runtime()),
            mirror.comparesAtStart);
    return doubts.of(stored).stream().map(Doubt::gap).toList();
  }

  private String own() {
    return CheckpointScope.of(mirror.settings()).fingerprint();
  }

  private static Gap gap(Gap.Reason reason) {
    return new Gap(reason, 5, 0, 5);
  }

  @Test
  void checkpointOfTheSameScopeHasNone() {
    assertThat(gaps(own(), Map.of())).isEmpty();
    assertThat(gaps(null, Map.of())).isEmpty();
  }

  @Test
  void otherScopeIsOne() {
    assertThat(gaps("another", Map.of())).containsExactly(gap(Gap.Reason.SCOPE_CHANGED));
  }

  @Test
  void entriesThatWereLeftOutAreComparedOnceTheyMayNotBe() {
    assertThat(gaps(own() + " (some left out)", Map.of())).containsExactly(gap(Gap.Reason.FORCED));
    mirror.unsupportedEntries = UnsupportedEntries.SKIP;
    assertThat(gaps(own() + " (some left out)", Map.of())).isEmpty();
  }

  @Test
  void entriesOfAFormerScopeAreCompared() {
    UnstartedMirror before = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    before.scope = MirrorScope.of("/old");
    String note = ScopeNote.format(before.mapper());
    assertThat(gaps(own(), Map.of(FormerScopes.NOTE, note)))
        .containsExactly(gap(Gap.Reason.FORCED));
  }

  @Test
  void runThatAloneCouldGoOnIsCompared() {
    assertThat(gaps(own(), Map.of(CompareNote.AT_START, "x")))
        .containsExactly(gap(Gap.Reason.FORCED));
  }

  @Test
  void startThatIsToCompareDoes() {
    mirror.comparesAtStart = true;
    assertThat(gaps(own(), Map.of())).containsExactly(gap(Gap.Reason.FORCED));
  }

  @Test
  void doubtsOfTheCheckpointComeFirst() {
    assertThat(gaps("another", Map.of(CompareNote.NOW, "SINK_DRIFTED" + SINCE)))
        .containsExactly(gap(Gap.Reason.SINK_DRIFTED), gap(Gap.Reason.SCOPE_CHANGED));
  }

  @Test
  void reasonThatIsKnownIsNotRepeated() {
    assertThat(gaps("another", Map.of(CompareNote.NOW, "SCOPE_CHANGED" + SINCE)))
        .containsExactly(gap(Gap.Reason.SCOPE_CHANGED));
    Map<String, String> notes = new TreeMap<>();
    notes.put(CompareNote.NOW, "FORCED" + SINCE);
    notes.put(CompareNote.AT_START, "x");
    assertThat(gaps(own(), notes)).containsExactly(gap(Gap.Reason.FORCED));
  }

  @Test
  void unfinishedFirstCopyIsTheOnlyOne() {
    assertThat(gaps("another", Map.of(CompareNote.NOW, "NO_CHECKPOINT" + SINCE)))
        .containsExactly(new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, 5));
  }
}
