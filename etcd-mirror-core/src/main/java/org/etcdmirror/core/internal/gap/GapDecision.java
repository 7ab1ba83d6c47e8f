package org.etcdmirror.core.internal.gap;

import java.util.List;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.GapException;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.internal.run.GapLedger;

/**
 * Decides about gaps: asks the policy, where there is something to ask, and reports the decision.
 */
public final class GapDecision {

  private final RecoveryPolicy policy;
  private final GapLedger ledger;

  public GapDecision(RecoveryPolicy policy, GapLedger ledger) {
    this.policy = policy;
    this.ledger = ledger;
  }

  /**
   * Decides about all gaps as one: a skip needs that all can be skipped.
   *
   * @param gaps at least one
   * @throws GapException if the mirror is to stop, which one FAIL is enough for
   * @throws org.etcdmirror.core.RecoveryPolicyException if the policy gives none
   */
  public Decision of(List<Gap> gaps) {
    Decision decided = Decision.SKIP_GAP;
    for (Gap gap : gaps) {
      Decision one = of(gap);
      decided = one.compareTo(decided) < 0 ? one : decided;
    }
    for (Gap gap : gaps) {
      ledger.found(gap, decided);
    }
    if (decided == Decision.FAIL) {
      throw new GapException(gaps.get(gaps.size() - 1));
    }
    return decided;
  }

  /**
   * Stops at a gap that a checkpoint shows. It is asked about once more with what the source shows.
   *
   * @throws GapException if the mirror is to stop
   * @throws org.etcdmirror.core.RecoveryPolicyException if the policy gives no decision
   */
  public void stopIfRefused(List<Gap> gaps) {
    for (Gap gap : gaps) {
      if (of(gap) == Decision.FAIL) {
        ledger.found(gap, Decision.FAIL);
        throw new GapException(gap);
      }
    }
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
