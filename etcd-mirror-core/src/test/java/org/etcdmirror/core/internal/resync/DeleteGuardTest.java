package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.CapturedLog;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.SinkNotEmptyException;
import org.etcdmirror.core.internal.checkpoint.AnchorNote;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.run.Consent;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.junit.jupiter.api.Test;

/** Whether a person is asked before a resync deletes. */
class DeleteGuardTest {

  private static final String CLUSTER = "cluster-1";
  private static final DeleteLimit NO_DELETES = DeleteLimit.keys(0);

  private final FakeSource source = new FakeSource(KeyModel.PATHS);
  private final FakeSink sink = new FakeSink(KeyModel.PATHS);
  private final UnstartedMirror mirror = new UnstartedMirror(source, sink);
  private final MirrorRuntime runtime = mirror.runtime();
  private final CheckpointNotes notes = new CheckpointNotes(mirror.settings(), runtime);

  private DeleteGuard guard() {
    return new DeleteGuard(mirror.settings(), runtime.sides(), notes);
  }

  private static ResyncJob job(Gap.Reason reason) {
    Gap gap = new Gap(reason, 1, 0, 9);
    Work.Recovery recovery = new Work.Resync(gap, CLUSTER, 0, 0, false);
    return new ResyncJob(recovery, gap, reason == Gap.Reason.NO_CHECKPOINT);
  }

  private ResyncPass pass() throws Exception {
    ResyncPass pass =
        new ResyncPass(
            mirror.mapper(),
            FormerEntries.none(mirror.mapper()),
            new EntryCheck(mirror.settings(), runtime),
            notes.expiring(),
            null,
            100,
            false,
            runtime.shutdown());
    pass.walk(
        source.snapshot(mirror.mapper().selection()), sink.snapshot(mirror.mapper().selection()));
    return pass;
  }

  /** The sink holds a key with a time to live that the source does not hold any more. */
  private ResyncPass passWithAnExpiredKey() throws Exception {
    notes.expiring().learn(List.of(Bytes.utf8("/conf/lease")), true);
    source.put("/conf/a", "1");
    sink.preset("/conf/a", "1");
    sink.preset("/conf/lease", "x");
    return pass();
  }

  private void knows(String noteName, Anchor anchor) {
    Checkpoint stored =
        new Checkpoint(source.index(), CLUSTER, null, Instant.EPOCH)
            .withNotes(
                Map.of(noteName, AnchorNote.format(anchor), "expiring", notes.expiring().note()));
    notes.loaded(stored);
  }

  private boolean refusesExpiredKey(Gap.Reason reason) throws Exception {
    mirror.consent = UnstartedMirror.consent(NO_DELETES);
    ResyncPass pass = passWithAnExpiredKey();
    ResyncJob job = job(reason);
    return guard().refuses(pass, guard().rule(job), job);
  }

  @Test
  void firstCopyIntoAForeignSinkAsksForEachDeleteUnlessALimitWasNamed() {
    assertThat(guard().rule(job(Gap.Reason.NO_CHECKPOINT)).asksForAny()).isTrue();
    assertThat(guard().rule(job(Gap.Reason.FORCED)).asksForAny()).isFalse();
    ResyncJob empty = job(Gap.Reason.NO_CHECKPOINT);
    empty.foundNothingForeign();
    assertThat(guard().rule(empty).asksForAny()).isFalse();
    mirror.consent = UnstartedMirror.consent(DeleteLimit.DEFAULT);
    assertThat(guard().rule(job(Gap.Reason.NO_CHECKPOINT)).asksForAny()).isFalse();
  }

  @Test
  void questionMakesTheRuleStricterUntilTheSinkIsLevel() {
    assertThat(guard().rule(job(Gap.Reason.FORCED)).asked()).isFalse();
    notes.asks();
    assertThat(guard().rule(job(Gap.Reason.FORCED)).asked()).isTrue();
  }

  @Test
  void waitingResyncIsJudgedLikeOneThatAPersonWasAskedAbout() {
    assertThat(guard().ruleOfQuestion(job(Gap.Reason.FORCED)))
        .isEqualTo(new DeleteRule(DeleteLimit.DEFAULT, true, false));
    assertThat(guard().ruleOfQuestion(job(Gap.Reason.NO_CHECKPOINT)).asksForAny()).isTrue();
  }

  @Test
  void deletesOfExpiredKeysAreAllowedIfTheAnchorHolds() throws Exception {
    long version = source.put("/conf/anchor", "1");
    sink.preset("/conf/anchor", "1");
    notes.expiring().learn(List.of(Bytes.utf8("/conf/lease")), true);
    knows("anchor", new Anchor(Bytes.utf8("/conf/anchor"), version, version));
    assertThat(refusesExpiredKey(Gap.Reason.HISTORY_CLEARED)).isFalse();
  }

  @Test
  void anchorThatDoesNotGoByItselfProvesTheHistoryAlone() throws Exception {
    long version = source.put("/conf/anchor", "1");
    sink.preset("/conf/anchor", "1");
    notes.expiring().learn(List.of(Bytes.utf8("/conf/lease")), true);
    knows("anchor-lasting", new Anchor(Bytes.utf8("/conf/anchor"), version, version));
    assertThat(refusesExpiredKey(Gap.Reason.HISTORY_CLEARED)).isFalse();
  }

  @Test
  void deletesOfExpiredKeysAreRefusedWithoutAProofOfTheHistory() throws Exception {
    assertThat(refusesExpiredKey(Gap.Reason.HISTORY_CLEARED)).as("no anchor").isTrue();
    notes.expiring().learn(List.of(Bytes.utf8("/conf/lease")), true);
    knows("anchor", new Anchor(Bytes.utf8("/conf/never"), 3, 3));
    assertThat(refusesExpiredKey(Gap.Reason.HISTORY_CLEARED)).as("a broken anchor").isTrue();
  }

  @Test
  void deletesOfExpiredKeysAreRefusedIfTheSourceMayBeAnother() throws Exception {
    long version = source.put("/conf/anchor", "1");
    sink.preset("/conf/anchor", "1");
    notes.expiring().learn(List.of(Bytes.utf8("/conf/lease")), true);
    knows("anchor", new Anchor(Bytes.utf8("/conf/anchor"), version, version));
    assertThat(refusesExpiredKey(Gap.Reason.CLUSTER_REPLACED)).isTrue();
  }

  @Test
  void deletesOfOtherKeysAreRefusedThoughTheAnchorHolds() throws Exception {
    long version = source.put("/conf/anchor", "1");
    sink.preset("/conf/anchor", "1");
    notes.expiring().learn(List.of(Bytes.utf8("/conf/lease")), true);
    knows("anchor", new Anchor(Bytes.utf8("/conf/anchor"), version, version));
    sink.preset("/conf/gone", "x");
    assertThat(refusesExpiredKey(Gap.Reason.HISTORY_CLEARED)).isTrue();
  }

  @Test
  void planSaysWhyItWouldNeedAnApproval() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/gone", "x");
    Gap forced = new Gap(Gap.Reason.FORCED, 1, 0, 9);
    Gap first = new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, 9);
    assertThat(guard().plan(pass(), forced, CLUSTER).refusal()).isNull();
    assertThat(guard().plan(pass(), null, CLUSTER).refusal()).isNull();
    assertThat(guard().plan(pass(), first, CLUSTER).refusal())
        .contains("a first copy deletes only what was approved");
  }

  @Test
  void planOfAFirstCopyThatBeganEmptyNeedsNoApproval() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/gone", "x");
    Gap first = new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, 9);
    CheckpointKeeper keeper =
        new CheckpointKeeper(sink, mirror.store, notes, runtime.progress(), runtime.lead());
    notes.resyncBegins();
    keeper.beginEmpty(CLUSTER);
    assertThat(guard().plan(pass(), first, CLUSTER).refusal()).isNull();
    assertThat(guard().plan(pass(), first, "another").refusal()).isNotNull();
  }

  @Test
  void firstCopyThatRequiresAnEmptySinkFailsInsteadOfAsking() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/gone", "x");
    RefusedDeletes asked = pass().refused(guard().rule(job(Gap.Reason.NO_CHECKPOINT)));
    assertThat(guard().refused(job(Gap.Reason.NO_CHECKPOINT), asked)).isSameAs(asked);
    mirror.consent = new Consent(DeleteLimit.DEFAULT, false, true, List.of());
    assertThat(guard().refused(job(Gap.Reason.FORCED), asked)).isSameAs(asked);
    assertThat(guard().refused(job(Gap.Reason.NO_CHECKPOINT), asked))
        .isInstanceOf(SinkNotEmptyException.class)
        .hasMessageContaining("/conf/gone");
  }

  @Test
  void firstCopyThatFoundNothingTooMuchMayDeleteWhatTheSourceDeletesMeanwhile() throws Exception {
    source.put("/conf/a", "1");
    ResyncJob job = job(Gap.Reason.NO_CHECKPOINT);
    DeleteRule next = guard().looked(job, pass());
    assertThat(job.holdsNothingForeign()).isTrue();
    assertThat(next).isEqualTo(new DeleteRule(DeleteLimit.DEFAULT, false, false));
  }

  @Test
  void lookThatFoundForeignEntriesDoesNotCallTheSinkEmpty() throws Exception {
    source.put("/conf/a", "1");
    ResyncJob forced = job(Gap.Reason.FORCED);
    guard().looked(forced, pass());
    assertThat(forced.holdsNothingForeign()).isFalse();
    sink.preset("/conf/gone", "x");
    ResyncJob job = job(Gap.Reason.NO_CHECKPOINT);
    guard().looked(job, pass());
    assertThat(job.holdsNothingForeign()).isFalse();
  }

  @Test
  void firstCopyOverOtherValuesIsWarnedOf() throws Exception {
    source.put("/conf/a", "1");
    try (CapturedLog log = new CapturedLog()) {
      guard().looked(job(Gap.Reason.NO_CHECKPOINT), pass());
      assertThat(log.warnings()).as("nothing is overwritten").isEmpty();
      sink.preset("/conf/a", "other");
      guard().looked(job(Gap.Reason.FORCED), pass());
      assertThat(log.warnings()).as("no first copy").isEmpty();
      guard().looked(job(Gap.Reason.NO_CHECKPOINT), pass());
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("overwrites values in the sink: values=1 first=[/conf/a]");
    }
  }
}
