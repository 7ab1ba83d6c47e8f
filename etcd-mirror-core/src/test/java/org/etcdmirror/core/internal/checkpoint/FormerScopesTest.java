package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.CapturedLog;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which scopes wrote the sink is remembered until a resync has deleted what they left. */
class FormerScopesTest {

  private final UnstartedMirror mirror = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
  private final MirrorRuntime runtime = mirror.runtime();
  private final FormerScopes scopes = new FormerScopes(mirror.settings(), runtime);

  private static String note(String... prefixes) {
    UnstartedMirror of = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    of.scope = MirrorScope.of(prefixes);
    return ScopeNote.format(of.mapper());
  }

  private static final String OWN = note("/conf");

  private static Checkpoint stored(@Nullable String fingerprint, Map<String, String> notes) {
    return new Checkpoint(5, "c", fingerprint, Instant.EPOCH).withNotes(notes);
  }

  private static Checkpoint wroteBy(String... texts) {
    return stored(null, Map.of(FormerScopes.NOTE, String.join("\n", texts)));
  }

  private static List<String> prefixes(FormerEntries entries) {
    return entries.prefixes().stream().map(Bytes::toString).toList();
  }

  @Test
  void newLinkHasWrittenNothing() {
    assertThat(scopes.note()).isNull();
    assertThat(scopes.isOnlyPresentScope()).isFalse();
    assertThat(prefixes(scopes.formerEntries())).isEmpty();
  }

  @Test
  void formerScopesOfTheCheckpointAreKept() {
    scopes.loaded(wroteBy(note("/old"), OWN));
    assertThat(scopes.note()).isEqualTo(note("/old") + "\n" + OWN);
    assertThat(scopes.isOnlyPresentScope()).isFalse();
    assertThat(prefixes(scopes.formerEntries())).containsExactly("/old");
  }

  @Test
  void checkpointOfThisScopeAloneHasNoFormerOnes() {
    scopes.loaded(wroteBy(OWN));
    assertThat(scopes.isOnlyPresentScope()).isTrue();
    assertThat(scopes.note()).isEqualTo(OWN);
    assertThat(prefixes(scopes.formerEntries())).isEmpty();
  }

  @Test
  void checkpointWithoutANoteIsOfThisScopeIfItsFingerprintIs() {
    scopes.loaded(stored(mirror.scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE), Map.of()));
    assertThat(scopes.isOnlyPresentScope()).isTrue();
    scopes.loaded(stored("another", Map.of()));
    assertThat(scopes.note()).as("the former scope is unknown").isNull();
  }

  @Test
  void unreadableNoteDeletesNothing() {
    try (CapturedLog log = new CapturedLog()) {
      scopes.loaded(wroteBy("keys NONSENSE"));
      assertThat(log.warnings()).anyMatch(line -> line.contains("unreadable"));
    }
    assertThat(prefixes(scopes.formerEntries())).isEmpty();
  }

  @Test
  void formerSinkWithOtherKeysDeletesNothing() {
    UnstartedMirror before = new UnstartedMirror(KeyModel.BYTES, KeyModel.BYTES);
    before.scope = MirrorScope.of("/old");
    scopes.loaded(wroteBy(ScopeNote.format(before.mapper())));
    assertThat(prefixes(scopes.formerEntries())).isEmpty();
    assertThat(prefixes(scopes.formerEntries(wroteBy(ScopeNote.format(before.mapper())))))
        .isEmpty();
  }

  @Test
  void checkpointCanBeAskedWithoutGoingOnFromIt() {
    assertThat(prefixes(scopes.formerEntries(wroteBy(note("/old"), OWN)))).containsExactly("/old");
    assertThat(prefixes(scopes.formerEntries(wroteBy(OWN)))).isEmpty();
    assertThat(prefixes(scopes.formerEntries(stored(null, Map.of())))).isEmpty();
    assertThat(scopes.note()).isNull();
  }

  @Test
  void noteOfAnotherScopeIsAChangeWhateverTheFingerprint() {
    assertThat(scopes.isChanged(wroteBy(OWN))).isFalse();
    assertThat(scopes.isChanged(wroteBy(note("/old"), OWN))).isTrue();
    assertThat(scopes.isChanged(stored("another", Map.of()))).isFalse();
  }

  @Test
  void resyncIsRecordedBeforeItWritesByThisScope() {
    scopes.loaded(wroteBy(note("/old")));
    assertThat(scopes.resyncBegins()).isTrue();
    assertThat(scopes.note()).isEqualTo(note("/old") + "\n" + OWN);
    assertThat(scopes.resyncBegins()).as("it is recorded already").isFalse();
  }

  @Test
  void finishedResyncLeavesThisScopeAlone() {
    scopes.loaded(wroteBy(note("/old")));
    scopes.settled();
    assertThat(scopes.note()).isEqualTo(OWN);
    assertThat(prefixes(scopes.formerEntries())).isEmpty();
  }

  @Test
  void skippedGapGivesFormerScopesUp() {
    scopes.loaded(wroteBy(note("/old")));
    scopes.givenUp();
    assertThat(scopes.note()).isEqualTo(OWN);
    assertThat(prefixes(scopes.formerEntries())).isEmpty();
  }

  @Test
  void restoredSinkHoldsWhatTheScopesOfThenLeft() {
    runtime.opening().open(List.of(Bytes.utf8("/old")));
    scopes.loaded(wroteBy(OWN));
    scopes.restored(wroteBy(note("/old"), OWN));
    assertThat(scopes.note()).isEqualTo(OWN + "\n" + note("/old"));
    assertThat(prefixes(scopes.formerEntries())).containsExactly("/old");
    scopes.settled();
    assertThat(scopes.note()).isEqualTo(OWN);
  }

  @Test
  void restoredSinkWithoutAReadableNoteTellsNothing() {
    scopes.loaded(wroteBy(OWN));
    scopes.restored(stored(null, Map.of()));
    scopes.restored(wroteBy("keys NONSENSE"));
    assertThat(scopes.note()).isEqualTo(OWN);
  }

  @Test
  void scopeOutsideOfTheOpenedSinkIsLeftToTheNextRun() {
    runtime.opening().open(List.of());
    scopes.loaded(wroteBy(OWN));
    try (CapturedLog log = new CapturedLog()) {
      scopes.restored(wroteBy(note("/old")));
      assertThat(log.warnings()).anyMatch(line -> line.contains("former scopes=1"));
    }
    assertThat(prefixes(scopes.formerEntries())).as("the sink cannot be read there").isEmpty();
    scopes.settled();
    assertThat(scopes.note()).as("the next run compares").isEqualTo(note("/old") + "\n" + OWN);
  }

  @Test
  void linkThatMirroredSomethingElseIsWarnedOf() {
    try (CapturedLog log = new CapturedLog()) {
      scopes.loaded(wroteBy(note("/old"), OWN));
      assertThat(log.warnings())
          .anyMatch(line -> line.contains("mirrored '/old' before, and now mirrors '/conf'"));
    }
    try (CapturedLog log = new CapturedLog()) {
      scopes.loaded(wroteBy(OWN));
      assertThat(log.warnings()).isEmpty();
    }
  }

  @Test
  void onlyAFewFormerScopesAreNamed() {
    try (CapturedLog log = new CapturedLog()) {
      scopes.loaded(wroteBy(note("/a"), note("/b"), note("/c"), note("/d")));
      assertThat(log.warnings())
          .anyMatch(line -> line.contains("mirrored '/a', '/b', '/c' before"));
    }
  }
}
