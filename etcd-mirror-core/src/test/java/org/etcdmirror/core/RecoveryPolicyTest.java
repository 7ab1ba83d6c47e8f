package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.etcdmirror.api.Gap;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.junit.jupiter.api.Test;

class RecoveryPolicyTest {

  private final RecoveryPolicy upTo1000 = RecoveryPolicy.resync().upTo(1000, RecoveryPolicy.fail());

  private static Gap cleared(long events) {
    return new Gap(Gap.Reason.HISTORY_CLEARED, 5000, 5000 + events - 10, 5000 + events);
  }

  @Test
  void upToIncludesItsBound() {
    assertThat(upTo1000.decide(cleared(1000))).isEqualTo(Decision.RESYNC);
    assertThat(upTo1000.decide(cleared(1001))).isEqualTo(Decision.FAIL);
  }

  @Test
  void gapOfUnknownSizeExceedsEveryBound() {
    Gap replaced = new Gap(Gap.Reason.CLUSTER_REPLACED, 5000, 0, 5001);
    assertThat(upTo1000.decide(replaced)).isEqualTo(Decision.FAIL);
    Gap back = new Gap(Gap.Reason.INDEX_WENT_BACKWARDS, 5000, 0, 4999);
    assertThat(upTo1000.decide(back)).isEqualTo(Decision.FAIL);
  }

  @Test
  void firstRunUsesFirstPolicyDespiteBound() {
    RecoveryPolicy policy = RecoveryPolicy.resync().upTo(0, gap -> Decision.SKIP_GAP);
    Gap first = new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, 1_000_000);
    assertThat(policy.decide(first)).isEqualTo(Decision.RESYNC);
  }

  @Test
  void negativeBoundIsRefused() {
    RecoveryPolicy resync = RecoveryPolicy.resync();
    assertThatIllegalArgumentException().isThrownBy(() -> resync.upTo(-1, resync));
  }

  @Test
  void boundsCanBeChained() {
    RecoveryPolicy policy =
        RecoveryPolicy.skipGap().upTo(10, RecoveryPolicy.resync().upTo(100, RecoveryPolicy.fail()));
    assertThat(policy.decide(cleared(10))).isEqualTo(Decision.SKIP_GAP);
    assertThat(policy.decide(cleared(11))).isEqualTo(Decision.RESYNC);
    assertThat(policy.decide(cleared(101))).isEqualTo(Decision.FAIL);
  }

  @Test
  void conditionChoosesBetweenPolicies() {
    RecoveryPolicy policy =
        RecoveryPolicy.fail()
            .when(gap -> gap.reason() == Gap.Reason.CLUSTER_REPLACED, RecoveryPolicy.resync());
    assertThat(policy.decide(new Gap(Gap.Reason.CLUSTER_REPLACED, 5, 0, 7)))
        .isEqualTo(Decision.FAIL);
    assertThat(policy.decide(cleared(3))).isEqualTo(Decision.RESYNC);
  }
}
