package org.etcdmirror.core.internal.gap;

import java.time.Duration;
import java.time.Instant;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.resync.DeletePermit;
import org.etcdmirror.core.internal.resync.RefusedDeletes;
import org.etcdmirror.core.internal.run.Approvals;
import org.etcdmirror.core.internal.run.Backoff;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Settings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The request for approval of a resync, until it is approved or no longer needed. Used by the
 * applier's thread alone.
 */
final class DeleteQuestion {

  private static final Logger log = LoggerFactory.getLogger(DeleteQuestion.class);

  /** Both sides are read for a look; most of the time they are not. */
  private static final int PAUSE_PER_LOOK = 10;

  private final String link;
  private final Approvals approvals;
  private final Progress progress;
  private final Backoff pauses;

  /** The requested permit; null if none is requested. */
  private @Nullable DeletePermit needed;

  private @Nullable PendingApproval asked;
  private long dueNanos;

  DeleteQuestion(Settings settings, MirrorRuntime runtime) {
    this.link = settings.link();
    this.approvals = runtime.approvals();
    this.progress = runtime.progress();
    this.pauses = new Backoff(settings.timings().lookAgain());
  }

  /** Whether an approval is waited for. */
  boolean isOpen() {
    return needed != null && !approvals.isApproved();
  }

  /** Asks for something new. */
  void ask(Gap gap, RefusedDeletes refused) {
    progress.counters.deletesBlocked.incrementAndGet();
    progress.error(refused);
    PendingApproval question = question(gap, refused, Instant.now());
    needed = refused.needed();
    asked = question;
    pauses.reset();
    waitAtLeast(Duration.ZERO);
    approvals.ask(question);
  }

  /**
   * The same question as things stand now; it bears a new token if something else would be done.
   */
  void askAnew(Gap gap, RefusedDeletes refused) {
    PendingApproval before = asked;
    if (before == null) {
      ask(gap, refused);
      return;
    }
    PendingApproval now = question(gap, refused, before.since());
    ResyncPlan plan = before.plan();
    if (plan != null && isSameWork(plan, refused.plan())) {
      approvals.refresh(now);
    } else if (approvals.replace(now)) {
      needed = refused.needed();
      asked = now;
      progress.error(refused);
    }
  }

  /** Whether two plans would write and delete the same, as far as both tell. */
  private static boolean isSameWork(ResyncPlan one, ResyncPlan other) {
    return one.writes() == other.writes()
        && one.writeBytes() == other.writeBytes()
        && one.overwrites() == other.overwrites()
        && one.deletes() == other.deletes()
        && one.sinkEntries() == other.sinkEntries()
        && one.writeSamples().equals(other.writeSamples())
        && one.overwriteSamples().equals(other.overwriteSamples())
        && one.deleteSamples().equals(other.deleteSamples())
        && one.formerDeletes().equals(other.formerDeletes());
  }

  private static PendingApproval question(Gap gap, RefusedDeletes refused, Instant since) {
    String reason = "%s; %s".formatted(gap.describe(), refused.getMessage());
    return Approvals.question(reason, since, refused.plan());
  }

  /** Whether it is time to look whether the question still stands. */
  boolean isDue() {
    return isOpen() && System.nanoTime() - dueNanos >= 0;
  }

  /**
   * A look has ended, whatever it found; the next one comes after a pause.
   *
   * @param took how long it took
   */
  void looked(Duration took) {
    waitAtLeast(took.multipliedBy(PAUSE_PER_LOOK));
  }

  private void waitAtLeast(Duration least) {
    Duration pause = pauses.next();
    Duration longer = pause.compareTo(least) < 0 ? least : pause;
    dueNanos = System.nanoTime() + longer.toNanos();
  }

  /** Withdraws the request, because something changed. */
  void withdraw(String why) {
    if (needed != null) {
      log.info(
          LogEvent.APPROVAL_WITHDRAWN.marker(),
          "[link={}] approval no longer needed: {}",
          link,
          why);
      needed = null;
      asked = null;
      approvals.withdraw();
    }
  }

  /** Takes the permit, once; null if there is none yet. */
  @Nullable DeletePermit takePermit() {
    DeletePermit given = needed;
    if (given == null || !approvals.isApproved()) {
      return null;
    }
    needed = null;
    asked = null;
    return given;
  }
}
