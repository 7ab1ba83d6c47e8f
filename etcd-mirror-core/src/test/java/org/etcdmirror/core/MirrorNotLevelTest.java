package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.SinkDriftedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The note that the sink may not be level: only a comparison or a decision removes it. */
class MirrorNotLevelTest extends MirrorFixture {

  static final String NOTE = "must-compare";

  private static final DeleteLimit ANY = DeleteLimit.percent(100);

  /** How the stream was opened in which the gap is found. */
  private enum Opened {
    RESUME,
    FIRST_COPY,
    RESYNC,
    SKIP
  }

  private String note() {
    return store.notes().getOrDefault(NOTE, "none");
  }

  private boolean isNoted(Gap.Reason reason) {
    return note().contains(reason + " at index ");
  }

  private static Predicate<Checkpoint> bearsTheNote() {
    return saved -> saved.notes().containsKey(NOTE);
  }

  private void haveHistory() {
    source.put("/conf/a", "1");
    sink.preset("/conf/a", "1");
    resumable(source.index());
  }

  private EtcdMirror follow(Opened opened) throws InterruptedException {
    if (opened != Opened.FIRST_COPY) {
      haveHistory();
    }
    if (opened == Opened.RESYNC || opened == Opened.SKIP) {
      source.foreignWrites(10);
      source.clearHistory();
    }
    EtcdMirror mirror =
        following(b ->
            b.recoveryPolicy(gap ->
                opened == Opened.SKIP && gap.reason() == Gap.Reason.HISTORY_CLEARED
                    ? RecoveryPolicy.Decision.SKIP_GAP
                    : RecoveryPolicy.Decision.RESYNC));
    eventually(() -> store.index() == source.index());
    return mirror;
  }

  /** The stream misses a put, continues, and only then reports the miss. */
  private void missOne(EtcdMirror mirror) throws InterruptedException {
    long missed = source.putUnseen("/conf/missed", "7");
    source.put("/conf/later", "9");
    level(mirror);
    assertThat(sink.values()).containsKey("/conf/later").doesNotContainKey("/conf/missed");
    source.disprove(missed);
  }

  @ParameterizedTest
  @EnumSource
  void disprovedIndexIsGapHoweverStreamWasOpened(Opened opened) throws Exception {
    EtcdMirror mirror = follow(opened);
    missOne(mirror);
    eventually(() -> sink.values().equals(source.values()));
    awaitState(mirror, MirrorState.FOLLOWING);
    level(mirror);
    assertThat(told.reasons()).endsWith(Gap.Reason.INDEX_DISPROVED);
    assertThat(told.gaps.get(told.gaps.size() - 1).from())
        .isBetween(source.index() - 1, source.index());
    assertThat(note()).isEqualTo("none");
  }

  @ParameterizedTest
  @EnumSource
  void nextRunFindsDisprovedIndexAgain(Opened opened) throws Exception {
    EtcdMirror mirror = follow(opened);
    source.faults.failAlways("snapshot", () -> new IOException("the source is away"));
    missOne(mirror);
    eventually(() -> isNoted(Gap.Reason.INDEX_DISPROVED));
    mirror.close();
    source.faults.heal("snapshot");
    told.gaps.clear();
    following();
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.reasons()).containsExactly(Gap.Reason.INDEX_DISPROVED);
    assertThat(note()).isEqualTo("none");
  }

  @Test
  void clearedHistoryAfterResyncIsSeparateGap() throws Exception {
    EtcdMirror mirror = follow(Opened.RESYNC);
    source.faults.failNext("poll", new HistoryClearedException(1, 2, 3));
    source.foreignWrites(1);
    eventually(() -> told.ended.size() == 2);
    assertThat(told.reasons())
        .containsExactly(Gap.Reason.HISTORY_CLEARED, Gap.Reason.HISTORY_CLEARED);
    awaitState(mirror, MirrorState.FOLLOWING);
  }

  @Test
  void disprovedIndexSurvivesFailedReopening() throws Exception {
    EtcdMirror mirror = follow(Opened.RESUME);
    source.faults.failNext("open now", new IOException("1"), new IOException("2"));
    missOne(mirror);
    eventually(() -> sink.values().equals(source.values()));
    assertThat(told.reasons()).containsExactly(Gap.Reason.INDEX_DISPROVED);
    assertThat(mirror.status().counters().gaps()).isEqualTo(1);
  }

  @Test
  void checkpointsCarryCompareNoteUntilComparisonEnds() throws Exception {
    EtcdMirror mirror = follow(Opened.RESUME);
    Faults.Gate gate = source.faults.block("snapshot");
    int before = store.saves().size();
    missOne(mirror);
    gate.awaitReached();
    assertThat(isNoted(Gap.Reason.INDEX_DISPROVED)).as(note()).isTrue();
    gate.release();
    eventually(() -> !store.notes().containsKey(NOTE));
    List<Checkpoint> saves = store.saves().subList(before, store.saves().size());
    int first = saves.indexOf(saves.stream().filter(bearsTheNote()).findFirst().orElseThrow());
    int over = (int) saves.stream().skip(first).takeWhile(bearsTheNote()).count();
    assertThat(saves.subList(first + over, saves.size())).noneMatch(bearsTheNote());
    assertThat(saves.get(first + over).index()).isEqualTo(source.index());
    awaitState(mirror, MirrorState.FOLLOWING);
  }

  @Test
  void mirrorIsNotLevelWhileEventsBeforeGapAreApplied() throws Exception {
    EtcdMirror mirror = follow(Opened.RESUME);
    long missed = source.putUnseen("/conf/missed", "7");
    Faults.Gate apply = sink.faults.block("apply");
    source.put("/conf/later", "9");
    apply.awaitReached();
    Faults.Gate open = source.faults.block("open now");
    source.disprove(missed);
    open.awaitReached();
    apply.release();
    eventually(() -> sink.values().containsKey("/conf/later"));
    eventually(() -> isNoted(Gap.Reason.INDEX_DISPROVED));
    assertThat(mirror.status().state()).isNotEqualTo(MirrorState.FOLLOWING);
    assertThat(mirror.status().caughtUp()).isFalse();
    assertThat(mirror.await(missed, Duration.ZERO)).isFalse();
    open.release();
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void closeStoresDisprovedIndexThatApplierHasNotSeen() throws Exception {
    EtcdMirror mirror = follow(Opened.RESUME);
    long missed = source.putUnseen("/conf/missed", "7");
    Faults.Gate apply = sink.faults.block("apply");
    source.put("/conf/later", "9");
    apply.awaitReached();
    Faults.Gate open = source.faults.block("open now");
    source.disprove(missed);
    open.awaitReached();
    Thread closer = new Thread(mirror::close);
    closer.start();
    awaitState(mirror, MirrorState.STOPPING);
    apply.release();
    open.release();
    closer.join();
    assertThat(isNoted(Gap.Reason.INDEX_DISPROVED)).as(note()).isTrue();
  }

  @Test
  void disprovedIndexIsStoredAtOnceDuringPause() throws Exception {
    EtcdMirror mirror = follow(Opened.RESUME);
    missOnePaused(mirror);
    eventually(() -> isNoted(Gap.Reason.INDEX_DISPROVED));
    assertThat(sink.values()).doesNotContainKey("/conf/missed");
    assertThat(mirror.verify().behind()).isPositive();
    mirror.resume();
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  private void missOnePaused(EtcdMirror mirror) throws InterruptedException {
    long missed = source.putUnseen("/conf/missed", "7");
    source.put("/conf/later", "9");
    level(mirror);
    mirror.pause();
    awaitState(mirror, MirrorState.PAUSED);
    source.disprove(missed);
  }

  /** The earlier resync closes a gap or is the first copy. */
  @ParameterizedTest
  @EnumSource(
      names = {"RESUME", "FIRST_COPY"},
      mode = EnumSource.Mode.INCLUDE)
  void earlierResyncDoesNotCloseLaterGap(Opened opened) throws Exception {
    if (opened == Opened.RESUME) {
      haveHistory();
      source.put("/conf/b", "2");
      source.clearHistory();
    } else {
      source.put("/conf/b", "2");
    }
    Faults.Gate apply = sink.faults.block("apply");
    EtcdMirror mirror = started();
    apply.awaitReached();
    long missed = source.putUnseen("/conf/missed", "7");
    source.put("/conf/later", "9");
    eventually(() -> mirror.status().sourceIndex() == source.index());
    Faults.Gate open = source.faults.block("open now");
    source.disprove(missed);
    open.awaitReached();
    apply.release();
    eventually(() -> sink.values().containsKey("/conf/later"));
    eventually(() -> note().matches("INDEX_DISPROVED at index \\d+ since \\S+"));
    assertThat(mirror.await(missed, Duration.ZERO)).isFalse();
    open.release();
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.reasons()).endsWith(Gap.Reason.INDEX_DISPROVED);
  }

  @Test
  void gapFoundWhileBlockedIsStoredBesideFirstGap() throws Exception {
    for (int i = 0; i < 100; i++) {
      sink.preset("/conf/" + i, "old");
    }
    haveHistory();
    source.foreignWrites(10);
    source.clearHistory();
    EtcdMirror mirror = started(b -> b.deleteLimit(new DeleteLimit(10, 10, false)));
    awaitState(mirror, MirrorState.BLOCKED);
    assertThat(isNoted(Gap.Reason.HISTORY_CLEARED)).as(note()).isTrue();
    source.disprove(source.putUnseen("/conf/missed", "7"));
    eventually(() -> isNoted(Gap.Reason.INDEX_DISPROVED));
    assertThat(isNoted(Gap.Reason.HISTORY_CLEARED)).as(note()).isTrue();
    mirror.close();
    told.gaps.clear();
    following(b -> b.deleteLimit(ANY));
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.reasons())
        .containsExactly(Gap.Reason.HISTORY_CLEARED, Gap.Reason.INDEX_DISPROVED);
  }

  @Test
  void failPolicyKeepsCompareNoteUntilAnotherPolicyDecides() throws Exception {
    haveHistory();
    EtcdMirror careful = started(b -> b.recoveryPolicy(RecoveryPolicy.fail()));
    awaitState(careful, MirrorState.FOLLOWING);
    missOne(careful);
    awaitState(careful, MirrorState.FAILED);
    assertThat(isNoted(Gap.Reason.INDEX_DISPROVED)).as(note()).isTrue();
    assertThatThrownBy(mirror(b -> b.recoveryPolicy(RecoveryPolicy.fail()))::run)
        .hasCauseInstanceOf(GapException.class);
    following();
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(note()).isEqualTo("none");
  }

  @Test
  void skippedGapRemovesCompareNote() throws Exception {
    haveHistory();
    EtcdMirror mirror = following(b -> b.recoveryPolicy(RecoveryPolicy.skipGap()));
    missOne(mirror);
    eventually(() -> told.ended.size() == 1);
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    eventually(() -> note().equals("none"));
    assertThat(sink.values()).doesNotContainKey("/conf/missed");
  }

  @Test
  void unrepairedDriftCannotBeSkippedByNextRun() throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror first = following(b -> b.recoveryPolicy(RecoveryPolicy.skipGap()));
    source.faults.failAlways("snapshot", () -> new IOException("away"));
    sink.faults.failNext("apply", new SinkDriftedException("'/conf/kept' is gone"));
    sink.lose("/conf/kept");
    source.put("/conf/a", "2");
    eventually(() -> isNoted(Gap.Reason.SINK_DRIFTED));
    source.faults.failNext("poll", new HistoryClearedException(1, 2, 3));
    eventually(() -> isNoted(Gap.Reason.HISTORY_CLEARED));
    first.close();
    source.faults.heal("snapshot");
    following(b -> b.recoveryPolicy(RecoveryPolicy.skipGap()));
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void nextRunFinishesInterruptedRepair() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror first =
        following(b -> b.verification(Verification.every(Duration.ofMillis(20)).repair()));
    sink.faults.failAlways("apply", () -> new IOException("not now"));
    sink.lose("/conf/a");
    eventually(() -> isNoted(Gap.Reason.FORCED));
    first.close();
    sink.faults.healAll();
    told.gaps.clear();
    following();
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.reasons()).containsExactly(Gap.Reason.FORCED);
  }
}
