package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cut-overs that fail at each step and are repeated. */
class CutoverCrashTest extends CutoverFixture {

  /** The step that fails, before the commit point. */
  @ParameterizedTest
  @ValueSource(
      strings = {"source head", "target head", "reverse load", "verify", "last head", "mark"})
  void failureBeforeCommitPointLeavesLinkRunning(String step) throws Exception {
    EtcdMirror mirror = following();
    IOException down = new IOException("down");
    boolean[] broken = {true};
    Cutover.Verification verification =
        () -> {
          if (step.equals("verify") && broken[0]) {
            throw down;
          } else if (step.equals("last head") && broken[0]) {
            source.faults.failNext("head", down);
          } else if (step.equals("mark") && broken[0]) {
            store.faults.failNext("save", down);
          }
          return EQUAL.verify();
        };
    switch (step) {
      case "source head" -> source.faults.failNext("head", down);
      case "target head" -> target.faults.failNext("head", down);
      case "reverse load" -> reverse.faults.failNext("load", down);
      default -> {}
    }
    Cutover cutover = cutover(mirror, verification);
    assertThatThrownBy(() -> cutover.run(PATIENCE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("down");
    assertRunsOn(mirror);
    broken[0] = false;
    cutover.run(PATIENCE);
    assertCutOver(mirror);
  }

  @Test
  void markWithLostSaveAnswerIsRemoved() throws Exception {
    EtcdMirror mirror = following();
    AtomicBoolean lost = new AtomicBoolean();
    store.onSave(saved -> {
      if (CutoverMark.isIn(saved) && lost.compareAndSet(false, true)) {
        store.faults.failNext("saved", new IOException("the answer was lost"));
      }
    });
    assertThatThrownBy(() -> cutover(mirror).run(PATIENCE)).isInstanceOf(IOException.class);
    assertThat(store.saves()).anyMatch(CutoverMark::isIn);
    eventually(() -> !CutoverMark.isIn(store.last()));
    assertRunsOn(mirror);
    cutover(mirror).run(PATIENCE);
    assertCutOver(mirror);
  }

  @Test
  void cutoverStartsAfreshAfterCrashBeforeMark() throws Exception {
    EtcdMirror crashed = following();
    Cutover.Verification crash =
        () -> {
          throw new IllegalStateException("crash");
        };
    assertThatThrownBy(() -> cutover(crashed, crash).run(PATIENCE)).hasMessage("crash");
    crashed.close();
    EtcdMirror next = following();
    cutover(next).run(PATIENCE);
    assertCutOver(next);
  }

  /** How the process after the crash begins. */
  @ParameterizedTest
  @CsvSource({"load,false", "load,true", "save,false", "save,true", "saved,false", "saved,true"})
  void nextRunFinishesCutoverAfterCrashBehindMark(String step, boolean startsIt) throws Exception {
    EtcdMirror crashed = following();
    Cutover.Verification failing =
        () -> {
          reverse.faults.failNext(step, new IOException("crash"));
          return EQUAL.verify();
        };
    assertThatThrownBy(() -> cutover(crashed, failing).run(PATIENCE))
        .rootCause()
        .hasMessage("crash");
    crashed.close();
    EtcdMirror next = mirror();
    if (startsIt) {
      next.start();
    }
    Cutover.Verification never =
        () -> {
          throw new AssertionError("it was verified before the mark");
        };
    CutoverReport report = cutover(next, never).run(PATIENCE);
    assertThat(report.sourceIndex()).isEqualTo(source.index());
    assertThat(report.targetIndex()).isEqualTo(70);
    assertThat(report.verified().compared()).isEqualTo(3);
    assertThat(report.verified().unsupported()).isEqualTo(1);
    next.close();
    assertThat(CutoverMark.isIn(store.last())).isTrue();
    assertThat(reverse.index()).isEqualTo(70);
  }

  @Test
  void sameCutoverObjectFinishesAfterFailureBehindMark() throws Exception {
    EtcdMirror mirror = following();
    Cutover cutover =
        cutover(
            mirror,
            () -> {
              reverse.faults.failNext("save", new IOException("down"));
              return EQUAL.verify();
            });
    assertThatThrownBy(() -> cutover.run(PATIENCE)).hasMessage("reverse link's index store: down");
    cutover.run(PATIENCE);
    assertCutOver(mirror);
  }

  @Test
  void reverseLinkInUseKeepsItsCheckpoint() throws Exception {
    cutover(following()).run(PATIENCE);
    reverse.preset(reverseAt(75));
    cutover(mirror()).run(PATIENCE);
    assertThat(reverse.last()).isEqualTo(reverseAt(75));
  }

  @Test
  void reverseLinkThatWasCutOverIsNotArmedAgain() throws Exception {
    cutover(following()).run(PATIENCE);
    Checkpoint taken = new CutoverMark(75, 30, "cluster-1", 3, 0, Instant.EPOCH).in(reverseAt(75));
    reverse.preset(taken);
    assertThatThrownBy(() -> cutover(mirror()).run(PATIENCE))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("index 75; repeat the cut-over of the reverse link");
    assertThat(reverse.last()).isEqualTo(taken);
  }

  @ParameterizedTest
  @ValueSource(longs = {20, 70})
  void reverseMarkOfEarlierCutoverIsReplaced(long index) throws Exception {
    reverse.preset(
        new CutoverMark(index, 5, "cluster-1", 3, 0, Instant.EPOCH).in(reverseAt(index)));
    EtcdMirror mirror = following();
    cutover(mirror).run(PATIENCE);
    assertCutOver(mirror);
  }
}
