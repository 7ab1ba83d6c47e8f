package org.etcdmirror.core.internal.lifecycle;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.Lead;
import org.etcdmirror.core.Standby;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.Backoff;
import org.etcdmirror.core.internal.run.LogBudget;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for the lead of a link, and knows who has it. One thread asks; any thread may look. */
final class Election {

  private static final Logger log = LoggerFactory.getLogger(Election.class);
  private static final int LINES_A_MINUTE = 2;

  /** Within the time that a close waits, as far as requests answer in time. */
  private static final Duration RESIGNING = Duration.ofSeconds(2);

  private final String link;
  private final String member;
  private final Candidate candidate;
  private final DuplicateName duplicate;
  private final LogBudget lines = new LogBudget(LINES_A_MINUTE);

  private @Nullable String leader;

  /**
   * This member led until another one did, and has not told that one yet. Used by the thread that
   * asks alone, as what is below.
   */
  private boolean mayHaveWrittenLate;

  /** The newest notice of a former leader that is known. */
  private long lateWrites;

  Election(String link, Standby standby, Candidate candidate) {
    this.link = link;
    this.member = standby.member();
    this.candidate = candidate;
    this.duplicate = new DuplicateName(link, standby);
  }

  /** The member that leads; null if none is known. */
  synchronized @Nullable String leader() {
    return leader;
  }

  String describeLeader() {
    String known = leader();
    return known == null ? "no member leads" : "member " + known + " leads";
  }

  /**
   * Asks for the lead, which another member may have.
   *
   * @param onFailure learns why no answer came
   */
  boolean isWon(Consumer<IOException> onFailure) throws InterruptedException {
    try {
      if (mayHaveWrittenLate) {
        candidate.tellOfLateWrites();
        mayHaveWrittenLate = false;
      }
      Lead lead = candidate.ask();
      learn(lead.leader());
      duplicate.seen(lead, System.nanoTime());
      return lead.isMine();
    } catch (IOException e) {
      learn(null);
      onFailure.accept(e);
      lines.write(end ->
          log.warn(
              LogEvent.LEAD_UNKNOWN.marker(),
              "[link={}] the lead is not known: {}{}",
              link,
              e.getMessage(),
              end));
      return false;
    }
  }

  /**
   * Prolongs the lead. One that ended because nothing was heard of the cluster is taken again if it
   * is free. Until an answer names another leader, only the sink can tell that this one must not
   * write.
   *
   * @param life learns that it leads, and if a former leader tells that writes of its may have come
   *     late
   */
  boolean isKept(MirrorLife life) throws InterruptedException {
    long asked = System.nanoTime();
    try {
      Lead lead = candidate.ask();
      learn(lead.leader());
      if (!lead.isMine()) {
        return false;
      }
      life.leads(asked);
      if (lead.lateWrites() != lateWrites) {
        lateWrites = lead.lateWrites();
        life.mayHaveLateWrites();
      }
      return true;
    } catch (IOException e) {
      lines.write(end ->
          log.warn(
              LogEvent.LEAD_NOT_PROLONGED.marker(),
              "[link={}] the lead was not prolonged: {}{}",
              link,
              e.getMessage(),
              end));
      return true;
    }
  }

  /** Another member may lead by now, and must learn that this one may have written late. */
  void lost() {
    mayHaveWrittenLate = true;
  }

  /** Gives up the lead. If that fails for some time, it ends with its term. */
  void resign() throws InterruptedException {
    Backoff pauses = new Backoff(Backoff.Range.DEFAULT);
    long began = System.nanoTime();
    Exception failure;
    try {
      failure = failureToResign();
      // One request may be slow where its time is short.
      while (failure instanceof IOException && System.nanoTime() - began < RESIGNING.toNanos()) {
        Thread.sleep(pauses.next().toMillis());
        failure = failureToResign();
      }
    } finally {
      learn(null);
    }
    if (failure != null) {
      log.warn(
          LogEvent.LEAD_NOT_RESIGNED.marker(),
          "[link={}] the lead ends with its term, because resigning failed: {}",
          link,
          failure.getMessage());
    }
  }

  private @Nullable Exception failureToResign() throws InterruptedException {
    try {
      candidate.resign();
      return null;
    } catch (IOException | RuntimeException e) {
      return e;
    }
  }

  private void learn(@Nullable String now) {
    synchronized (this) {
      boolean isNews = now != null && !now.equals(leader);
      leader = now;
      if (!isNews) {
        return;
      }
    }
    log.info(LogEvent.LEAD_CHANGED.marker(), "[link={}] member {}: {} leads", link, member, now);
  }

  void close() {
    candidate.close();
  }
}
