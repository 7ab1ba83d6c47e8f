package org.etcdmirror.core.internal.gap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.GapException;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.internal.run.GapLedger;
import org.etcdmirror.core.internal.run.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The policy is asked where something can be lost, and the strictest answer counts. */
class GapDecisionTest {

  private final List<String> reported = new ArrayList<>();

  private static Gap gap(Gap.Reason reason) {
    return new Gap(reason, 1, 0, 9);
  }

  private Decision decide(RecoveryPolicy policy, Gap.Reason... reasons) {
    MirrorListener listener =
        new MirrorListener() {
          @Override
          public void onGap(Gap gap, Decision decision) {
            reported.add(gap.reason() + " " + decision);
          }
        };
    GapLedger ledger = new GapLedger("test", new Progress(), listener);
    List<Gap> gaps = new ArrayList<>();
    for (Gap.Reason reason : reasons) {
      gaps.add(gap(reason));
    }
    return new GapDecision(policy, ledger).of(gaps);
  }

  private static RecoveryPolicy refuses() {
    return gap -> {
      throw new AssertionError("the policy must not be asked: " + gap);
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"NO_CHECKPOINT", "FORCED", "CATCH_UP"})
  void policyIsNotAskedWhereNoHistoryIsLost(Gap.Reason reason) {
    assertThat(decide(refuses(), reason)).isEqualTo(Decision.RESYNC);
  }

  @ParameterizedTest
  @EnumSource(names = {"SINK_DRIFTED", "SINK_ROLLED_BACK"})
  void gapOfTheSinkCannotBeSkipped(Gap.Reason reason) {
    assertThat(decide(gap -> Decision.SKIP_GAP, reason)).isEqualTo(Decision.RESYNC);
    assertThat(decide(gap -> Decision.RESYNC, reason)).isEqualTo(Decision.RESYNC);
    assertThatThrownBy(() -> decide(gap -> Decision.FAIL, reason)).isInstanceOf(GapException.class);
  }

  @Test
  void gapOfTheSourceIsLeftToThePolicy() {
    assertThat(decide(gap -> Decision.SKIP_GAP, Gap.Reason.HISTORY_CLEARED))
        .isEqualTo(Decision.SKIP_GAP);
    assertThat(decide(gap -> Decision.RESYNC, Gap.Reason.HISTORY_CLEARED))
        .isEqualTo(Decision.RESYNC);
  }

  @Test
  void gapsAreSkippedOnlyIfEachCanBe() {
    assertThat(
            decide(
                gap -> Decision.SKIP_GAP, Gap.Reason.HISTORY_CLEARED, Gap.Reason.INDEX_DISPROVED))
        .isEqualTo(Decision.SKIP_GAP);
    assertThat(decide(gap -> Decision.SKIP_GAP, Gap.Reason.FORCED, Gap.Reason.HISTORY_CLEARED))
        .isEqualTo(Decision.RESYNC);
  }

  @Test
  void oneFailureIsEnoughAndEachGapIsReportedWithIt() {
    RecoveryPolicy policy =
        gap -> gap.reason() == Gap.Reason.HISTORY_CLEARED ? Decision.FAIL : Decision.SKIP_GAP;
    assertThatThrownBy(() -> decide(policy, Gap.Reason.HISTORY_CLEARED, Gap.Reason.INDEX_DISPROVED))
        .isInstanceOfSatisfying(
            GapException.class,
            e -> assertThat(e.gap().reason()).isEqualTo(Gap.Reason.INDEX_DISPROVED));
    assertThat(reported).containsExactly("HISTORY_CLEARED FAIL", "INDEX_DISPROVED FAIL");
  }
}
