package org.etcdmirror.simulation.life;

import java.util.Random;
import java.util.function.LongConsumer;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.jspecify.annotations.Nullable;

/** The person who approves what a mirror asks for: at once, late, or when it is asked no more. */
final class Operator {

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final LongConsumer pass;

  /** What was looked at last, and not approved yet. */
  private @Nullable PendingApproval seen;

  /** The deletes that were approved since the sink was level, and were not done yet. */
  private long permitted;

  Operator(Random random, LongConsumer pass) {
    this.random = random;
    this.pass = pass;
  }

  /** Looks at a mirror, and approves what it asks for now, in a while, or the next time. */
  void lookAt(@Nullable EtcdMirror mirror) {
    PendingApproval stale = seen;
    seen = mirror == null ? null : mirror.status().pending();
    if (mirror == null || (stale == null && seen == null)) {
      return;
    }
    switch (random.nextInt(3)) {
      case 0 -> approve(mirror, seen);
      case 1 -> {
        pass.accept((long) (random.nextDouble() * 60 * LinkLife.SECOND));
        approve(mirror, seen);
      }
      default -> approve(mirror, stale);
    }
  }

  /** Approves what a mirror asks for. */
  void approveNow(EtcdMirror mirror) {
    approve(mirror, mirror.status().pending());
  }

  private void approve(EtcdMirror mirror, @Nullable PendingApproval pending) {
    if (pending == null) {
      return;
    }
    ResyncPlan plan = pending.plan();
    long deletes = plan == null ? 0 : plan.deletes();
    // Before the mirror knows, as it may go on at once.
    permitted += deletes;
    try {
      mirror.approve(pending.token());
      scheduler.note("approved: " + pending.reason());
    } catch (IllegalStateException e) {
      permitted -= deletes;
      scheduler.note("not approved: " + e.getMessage());
    }
  }

  /** Takes deletes from what was approved; false if there are more. */
  boolean permits(long deletes) {
    if (deletes > permitted) {
      return false;
    }
    permitted -= deletes;
    return true;
  }

  /** The sink is level: what was approved is over. */
  void nothingPending() {
    permitted = 0;
  }
}
