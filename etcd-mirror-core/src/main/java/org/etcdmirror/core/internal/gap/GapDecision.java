package org.etcdmirror.core.internal.gap;

import java.util.List;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.RecoveryPolicy.Decision;

/** Asks the policy about gaps, where there is something to ask. */
public final class GapDecision {

  private final RecoveryPolicy policy;

  public GapDecision(RecoveryPolicy policy) {
    this.policy = policy;
  }

  /**
   * The decision for all gaps: one FAIL stops the mirror, and a skip needs that all can be skipped.
   *
   * @throws org.etcdmirror.core.RecoveryPolicyException if the policy gives none
   */
  public Decision of(List<Gap> gaps) {
    Decision decided = Decision.SKIP_GAP;
    for (Gap gap : gaps) {
      Decision one = of(gap);
      decided = one.compareTo(decided) < 0 ? one : decided;
    }
    return decided;
  }

  /**
   * Where no history is lost, there is nothing to skip. A forced comparison is decided already. A
   * first run is no gap.
   */
  private Decision of(Gap gap) {
    return switch (gap.reason()) {
      case NO_CHECKPOINT, FORCED, CATCH_UP -> Decision.RESYNC;
      case SINK_DRIFTED, SINK_ROLLED_BACK -> {
        Decision decision = RecoveryPolicy.ask(policy, gap);
        yield decision == Decision.SKIP_GAP ? Decision.RESYNC : decision;
      }
      default -> RecoveryPolicy.ask(policy, gap);
    };
  }
}
