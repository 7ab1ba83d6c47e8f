package org.etcdmirror.service.dropin;

import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.ResyncReport;
import org.jspecify.annotations.Nullable;

/**
 * A person's order to bring the target level with the source. Until that is done, gaps are resynced
 * and deletes in the mirrored prefix are approved. What another prefix left, by the word of the
 * checkpoint, is no part of the order: the mirror waits for an approval. An empty source ends the
 * mirror, because it is more likely the wrong one.
 */
final class Reload implements MirrorListener {

  private final RecoveryPolicy afterwards;
  private volatile @Nullable EtcdMirror mirror;
  private volatile boolean done;
  private volatile @Nullable String refusal;

  /**
   * An order that is not carried out yet.
   *
   * @param afterwards the policy once it is
   */
  Reload(RecoveryPolicy afterwards) {
    this.afterwards = afterwards;
  }

  /** Names the mirror that gets the order, before its start. */
  void orderedOf(EtcdMirror ordered) {
    mirror = ordered;
  }

  /** The policy for the mirror. */
  RecoveryPolicy policy() {
    return gap -> done ? RecoveryPolicy.ask(afterwards, gap) : Decision.RESYNC;
  }

  /** Why the order was not carried out; null if nothing speaks against it. */
  @Nullable String refusal() {
    return refusal;
  }

  @Override
  public void onResync(ResyncReport report) {
    done = true;
  }

  @Override
  public void onBlocked(PendingApproval pending) {
    EtcdMirror asking = mirror;
    ResyncPlan plan = pending.plan();
    if (done || asking == null || plan == null) {
      return;
    }
    if (plan.sourceEmpty()) {
      refusal = pending.reason();
      asking.close();
    } else if (plan.formerDeletes().isEmpty()) {
      asking.approve(pending.token());
    }
  }
}
