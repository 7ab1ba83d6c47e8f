package org.etcdmirror.core.internal.run;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.OtherApprovalException;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.internal.log.LogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the one pending request for approval. The applier asks about deletes, the reader about a
 * backlog, but not while a resync is pending, because a resync includes the backlog.
 */
public final class Approvals {

  private static final Logger log = LoggerFactory.getLogger(Approvals.class);

  private static final int TOKEN_LENGTH = 8;

  private final String link;
  private final StateMachine states;
  private final Progress progress;
  private final MirrorListener listener;
  private @Nullable PendingApproval pending;
  private boolean approved;
  private boolean over;

  public Approvals(String link, StateMachine states, Progress progress, MirrorListener listener) {
    this.link = link;
    this.states = states;
    this.progress = progress;
    this.listener = listener;
  }

  /** A new question, with a token of its own. */
  public static PendingApproval question(String reason, Instant since, @Nullable ResyncPlan plan) {
    String token = UUID.randomUUID().toString().substring(0, TOKEN_LENGTH);
    return new PendingApproval(token, reason, since, plan);
  }

  private static PendingApproval withToken(String token, PendingApproval other) {
    return new PendingApproval(token, other.reason(), other.since(), other.plan());
  }

  /** From now on the mirror is BLOCKED, until this is approved or withdrawn. */
  public void ask(PendingApproval wanted) {
    show(wanted);
    log.warn(
        LogEvent.BLOCKED.marker(),
        "[link={}] blocked: {}; approve the plan by its token (service: POST /approve?plan=TOKEN): token={}",
        link,
        wanted.reason(),
        wanted.token());
    states.blocked(true);
    if (!isPending()) {
      // Approved already, by a caller that polls often.
      states.blocked(false);
    }
    listener.onBlocked(wanted);
  }

  private synchronized boolean isPending() {
    return pending != null;
  }

  private synchronized void show(PendingApproval wanted) {
    pending = wanted;
    approved = false;
    progress.pending(wanted);
  }

  /**
   * Another question in place of the one that waits.
   *
   * @return false if that one was approved or withdrawn meanwhile, and stays so
   */
  public boolean replace(PendingApproval wanted) {
    synchronized (this) {
      if (pending == null) {
        return false;
      }
      pending = wanted;
      progress.pending(wanted);
    }
    log.warn(
        LogEvent.BLOCKED.marker(),
        "[link={}] still blocked: {}; approve it to go on: token={}",
        link,
        wanted.reason(),
        wanted.token());
    listener.onBlocked(wanted);
    return true;
  }

  /** The same question with newer numbers. */
  public synchronized void refresh(PendingApproval wanted) {
    if (pending != null) {
      pending = withToken(pending.token(), wanted);
      progress.pending(pending);
    }
  }

  /** Withdraws the request. */
  public void withdraw() {
    clear(false);
    states.blocked(false);
  }

  /**
   * A person agrees with what is pending.
   *
   * @param token of what the person has seen
   * @throws OtherApprovalException if something else is pending by now
   * @throws IllegalStateException if nothing is
   */
  public void approve(String token) {
    PendingApproval given = agree(token);
    log.info(LogEvent.APPROVED.marker(), "[link={}] approved: {}", link, given.reason());
    listener.onApproved(given);
    states.blocked(false);
  }

  private synchronized PendingApproval agree(String token) {
    PendingApproval asked = pending;
    if (asked == null) {
      throw new IllegalStateException(link + ": no approval is needed");
    }
    if (!asked.token().equals(token)) {
      throw new OtherApprovalException(link, asked);
    }
    clear(true);
    return asked;
  }

  private synchronized void clear(boolean agreed) {
    pending = null;
    approved = agreed;
    progress.pending(null);
    notifyAll();
  }

  /** Whether what was asked last is approved. */
  public synchronized boolean isApproved() {
    return approved;
  }

  /** Waits until what was asked last is approved; false if that did not come in time. */
  public synchronized boolean await(Duration timeout) throws InterruptedException {
    TimedWait.until(this, () -> approved || over, timeout);
    return approved;
  }

  /** Drops the pending approval and wakes its waiters, because the mirror ends. */
  public synchronized void end() {
    pending = null;
    over = true;
    notifyAll();
  }
}
