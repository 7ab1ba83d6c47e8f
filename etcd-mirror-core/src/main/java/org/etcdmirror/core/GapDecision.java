package org.etcdmirror.core;

import org.etcdmirror.api.Gap;
import org.etcdmirror.api.RecoveryPolicy;
import org.etcdmirror.api.RecoveryPolicy.Decision;

/** Asks the policy about gaps, where there is something to ask. */
final class GapDecision {

  private final RecoveryPolicy policy;

  GapDecision(RecoveryPolicy policy) {
    this.policy = policy;
  }

  /** Where no history is lost, there is nothing to skip, and what is forced is decided already. */
  Decision of(Gap gap) {
    return switch (gap.reason()) {
      case FORCED, CATCH_UP -> Decision.RESYNC;
      case SINK_DRIFTED -> {
        Decision decision = policy.decide(gap);
        yield decision == Decision.SKIP_GAP ? Decision.RESYNC : decision;
      }
      default -> policy.decide(gap);
    };
  }
}
