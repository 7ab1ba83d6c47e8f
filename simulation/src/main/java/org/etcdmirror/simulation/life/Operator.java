package org.etcdmirror.simulation.life;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.LongConsumer;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.jspecify.annotations.Nullable;

/**
 * The persons who approve what a mirror asks for: at once, late, or when it is asked no more. A
 * mirror must refuse the token of a question that is not the one that waits.
 */
final class Operator {

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final LongConsumer pass;

  /** The newest question of each mirror. */
  private final Map<EtcdMirror, PendingApproval> newest = new HashMap<>();

  /** All questions, the oldest first. */
  private final List<PendingApproval> asked = new ArrayList<>();

  /** The tokens of the questions that a newer one of the same mirror has replaced. */
  private final Set<String> replaced = new HashSet<>();

  /** What was looked at last, and not approved yet. */
  private @Nullable PendingApproval seen;

  /** The deletes that were approved since the sink was level, and were not done yet. */
  private long permitted;

  /** How often the sink was level. */
  private long levels;

  Operator(Random random, LongConsumer pass) {
    this.random = random;
    this.pass = pass;
  }

  /** Looks at a mirror, and approves what it asks for now, in a while, or the next time. */
  void lookAt(@Nullable EtcdMirror mirror) {
    PendingApproval stale = seen;
    seen = mirror == null ? null : question(mirror);
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
    approve(mirror, question(mirror));
  }

  /** What a mirror asks for; null for nothing. */
  @Nullable PendingApproval question(EtcdMirror mirror) {
    PendingApproval pending = mirror.status().pending();
    if (pending != null) {
      asks(mirror, pending);
    }
    return pending;
  }

  /** A mirror asks this now. */
  private void asks(EtcdMirror mirror, PendingApproval pending) {
    PendingApproval before = newest.put(mirror, pending);
    if (before != null && !before.token().equals(pending.token())) {
      replaced.add(before.token());
    }
    if (before == null || !before.token().equals(pending.token())) {
      asked.add(pending);
    }
  }

  /** Any question of any mirror of this life; null if there was none. */
  @Nullable PendingApproval anyQuestion(Random dice) {
    return asked.isEmpty() ? null : asked.get(dice.nextInt(asked.size()));
  }

  void approve(EtcdMirror mirror, @Nullable PendingApproval pending) {
    if (pending == null) {
      return;
    }
    boolean isOld = isOld(mirror, pending.token());
    ResyncPlan plan = pending.plan();
    long deletes = plan == null ? 0 : plan.deletes();
    // Before the mirror knows, as it may go on at once.
    permitted += deletes;
    long before = levels;
    try {
      mirror.approve(pending.token());
    } catch (IllegalStateException e) {
      permitted -= before == levels ? Math.min(deletes, permitted) : 0;
      scheduler.note("not approved: " + e.getMessage());
      return;
    }
    scheduler.note("approved: " + pending.reason());
    if (isOld) {
      throw new SimulationException("approved by the token of another question: " + pending);
    }
  }

  /** Whether a token is that of a question of another mirror, or of one that was replaced. */
  private boolean isOld(EtcdMirror mirror, String token) {
    PendingApproval last = newest.get(mirror);
    return replaced.contains(token) || !Objects.equals(last == null ? null : last.token(), token);
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
    levels++;
  }
}
