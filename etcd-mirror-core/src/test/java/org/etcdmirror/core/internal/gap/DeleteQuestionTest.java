package org.etcdmirror.core.internal.gap;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.internal.resync.DeletePermit;
import org.etcdmirror.core.internal.resync.RefusedDeletes;
import org.etcdmirror.core.internal.run.Backoff;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A person approves what the person has seen, once, and nothing else. */
@Timeout(30)
class DeleteQuestionTest {

  private static final Gap GAP = new Gap(Gap.Reason.FORCED, 1, 0, 9);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Bytes KEY = Bytes.utf8("/conf/a");
  private static final List<Bytes> KEYS = List.of(KEY);
  private static final ResyncPlan PLAN =
      new ResyncPlan(
          7, 1, 2, 3, 4, 5, 6, 0, KEYS, KEYS, KEYS, Map.of(KEY, 1L), List.of(), false, "many");

  private final UnstartedMirror mirror = new UnstartedMirror(KeyModel.BYTES, KeyModel.BYTES);
  private MirrorRuntime runtime = mirror.runtime();

  private DeleteQuestion question(Duration pause) {
    mirror.pauses = new Backoff.Range(pause, pause);
    runtime = mirror.runtime();
    runtime.states().start();
    runtime.states().sourceConnected();
    return new DeleteQuestion(mirror.settings(), runtime);
  }

  private DeleteQuestion question() {
    return question(HOUR);
  }

  private static RefusedDeletes refused(ResyncPlan plan) {
    return new RefusedDeletes("many deletes", plan, permit(plan));
  }

  private static DeletePermit permit(ResyncPlan plan) {
    return new DeletePermit(plan.deletes(), false, Map.of());
  }

  private PendingApproval pending() {
    return requireNonNull(runtime.progress().status("test", runtime.states().state()).pending());
  }

  private void approve() {
    runtime.approvals().approve(pending().token());
  }

  @Test
  void questionBlocksTheMirrorUntilItIsApproved() {
    DeleteQuestion question = question();
    assertThat(question.isOpen()).isFalse();
    question.ask(GAP, refused(PLAN));
    assertThat(question.isOpen()).isTrue();
    assertThat(pending().reason()).isEqualTo(GAP.describe() + "; many deletes");
    assertThat(pending().plan()).isEqualTo(PLAN);
    assertThat(runtime.progress().counters.deletesBlocked.get()).isEqualTo(1);
    assertThat(runtime.progress().status("test", runtime.states().state()).lastError())
        .isEqualTo("many deletes");
    approve();
    assertThat(question.isOpen()).isFalse();
  }

  @Test
  void permitIsGivenOnceAndOnlyAfterTheApproval() {
    DeleteQuestion question = question();
    assertThat(question.takePermit()).isNull();
    question.ask(GAP, refused(PLAN));
    assertThat(question.takePermit()).isNull();
    approve();
    assertThat(question.takePermit()).isEqualTo(permit(PLAN));
    assertThat(question.takePermit()).isNull();
  }

  @Test
  void sameWorkKeepsItsTokenAndShowsNewerNumbers() {
    DeleteQuestion question = question();
    question.ask(GAP, refused(PLAN));
    PendingApproval before = pending();
    ResyncPlan later =
        new ResyncPlan(
            8, 9, 2, 3, 4, 5, 6, 7, KEYS, KEYS, KEYS, Map.of(KEY, 1L), List.of(), false, "more");
    question.askAnew(GAP, refused(later));
    assertThat(pending().token()).isEqualTo(before.token());
    assertThat(pending().since()).isEqualTo(before.since());
    assertThat(pending().plan()).isEqualTo(later);
  }

  static Stream<ResyncPlan> otherWork() {
    List<Bytes> other = List.of(Bytes.utf8("/conf/b"));
    Map<Bytes, Long> former = Map.of(KEY, 1L);
    return Stream.of(
        new ResyncPlan(7, 1, 9, 3, 4, 5, 6, 0, KEYS, KEYS, KEYS, former, List.of(), false, "many"),
        new ResyncPlan(7, 1, 2, 9, 4, 5, 6, 0, KEYS, KEYS, KEYS, former, List.of(), false, "many"),
        new ResyncPlan(7, 1, 2, 3, 9, 5, 6, 0, KEYS, KEYS, KEYS, former, List.of(), false, "many"),
        new ResyncPlan(7, 1, 2, 3, 4, 9, 6, 0, KEYS, KEYS, KEYS, former, List.of(), false, "many"),
        new ResyncPlan(7, 1, 2, 3, 4, 5, 9, 0, KEYS, KEYS, KEYS, former, List.of(), false, "many"),
        new ResyncPlan(7, 1, 2, 3, 4, 5, 6, 0, other, KEYS, KEYS, former, List.of(), false, "many"),
        new ResyncPlan(7, 1, 2, 3, 4, 5, 6, 0, KEYS, other, KEYS, former, List.of(), false, "many"),
        new ResyncPlan(7, 1, 2, 3, 4, 5, 6, 0, KEYS, KEYS, other, former, List.of(), false, "many"),
        new ResyncPlan(
            7, 1, 2, 3, 4, 5, 6, 0, KEYS, KEYS, KEYS, Map.of(KEY, 2L), List.of(), false, "many"));
  }

  @ParameterizedTest
  @MethodSource("otherWork")
  void otherWorkNeedsAnotherApproval(ResyncPlan plan) {
    DeleteQuestion question = question();
    question.ask(GAP, refused(PLAN));
    PendingApproval before = pending();
    question.askAnew(GAP, refused(plan));
    assertThat(pending().token()).isNotEqualTo(before.token());
    assertThat(pending().since()).isEqualTo(before.since());
    approve();
    assertThat(question.takePermit()).isEqualTo(permit(plan));
  }

  @Test
  void approvalThatCameBeforeTheNextLookCountsForWhatWasSeen() {
    DeleteQuestion question = question();
    question.ask(GAP, refused(PLAN));
    approve();
    ResyncPlan other =
        new ResyncPlan(
            7, 1, 2, 3, 4, 5, 60, 0, KEYS, KEYS, KEYS, Map.of(), List.of(), false, "more");
    question.askAnew(GAP, refused(other));
    assertThat(question.takePermit()).isEqualTo(permit(PLAN));
  }

  @Test
  void questionThatWasNotAskedYetIsAsked() {
    DeleteQuestion question = question();
    question.askAnew(GAP, refused(PLAN));
    assertThat(question.isOpen()).isTrue();
    assertThat(pending().plan()).isEqualTo(PLAN);
  }

  @Test
  void withdrawnQuestionGivesNoPermit() {
    DeleteQuestion question = question();
    question.ask(GAP, refused(PLAN));
    question.withdraw("a test");
    assertThat(question.isOpen()).isFalse();
    assertThat(runtime.progress().status("test", runtime.states().state()).pending()).isNull();
    assertThat(question.takePermit()).isNull();
    question.askAnew(GAP, refused(PLAN));
    assertThat(question.isOpen()).as("it is asked again from the start").isTrue();
  }

  @Test
  void approvalOfAnotherQuestionIsNotWithdrawn() {
    DeleteQuestion question = question();
    runtime.approvals().ask(new PendingApproval("other", "a backlog", Instant.EPOCH, null));
    question.withdraw("a test");
    assertThat(pending().token()).isEqualTo("other");
  }

  @Test
  void bothSidesAreLookedAtAgainAfterAPause() {
    DeleteQuestion question = question(Duration.ofMillis(1));
    question.ask(GAP, refused(PLAN));
    while (!question.isDue()) {
      Thread.onSpinWait();
    }
    question.looked(Duration.ZERO);
    while (!question.isDue()) {
      Thread.onSpinWait();
    }
    approve();
    assertThat(question.isDue()).as("nothing is waited for").isFalse();
  }

  @Test
  void nextLookIsNotDueBeforeItsPause() {
    DeleteQuestion question = question();
    question.ask(GAP, refused(PLAN));
    assertThat(question.isDue()).isFalse();
  }

  @Test
  void pauseIsLongerThanTheLookTook() {
    DeleteQuestion question = question(Duration.ofMillis(1));
    question.ask(GAP, refused(PLAN));
    while (!question.isDue()) {
      Thread.onSpinWait();
    }
    question.looked(HOUR);
    assertThat(question.isDue()).isFalse();
  }

  @Test
  void pausesBeginAnewWithEachQuestion() {
    mirror.pauses = new Backoff.Range(Duration.ofMillis(1), HOUR);
    runtime = mirror.runtime();
    DeleteQuestion question = new DeleteQuestion(mirror.settings(), runtime);
    question.ask(GAP, refused(PLAN));
    for (int i = 0; i < 20; i++) {
      question.looked(Duration.ZERO);
    }
    assertThat(question.isDue()).isFalse();
    question.ask(GAP, refused(PLAN));
    while (!question.isDue()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void otherWorkIsShownAsTheLastError() {
    DeleteQuestion question = question();
    question.ask(GAP, refused(PLAN));
    ResyncPlan other =
        new ResyncPlan(
            7, 1, 2, 3, 4, 5, 60, 0, KEYS, KEYS, KEYS, Map.of(), List.of(), false, "more");
    question.askAnew(GAP, new RefusedDeletes("more deletes", other, permit(other)));
    assertThat(runtime.progress().status("test", runtime.states().state()).lastError())
        .isEqualTo("more deletes");
  }
}
