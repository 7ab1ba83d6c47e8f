package org.etcdmirror.core.internal.lifecycle;

import org.etcdmirror.api.Lead;
import org.etcdmirror.core.Standby;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.LogBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns if another member of the link has this member's name. The mirror works all the same, but
 * status, logs and alarms then name the wrong process. Used by the thread that asks for the lead.
 */
final class DuplicateName {

  private static final Logger log = LoggerFactory.getLogger(DuplicateName.class);

  /** After a restart, the lead of the former process goes on for up to one term. */
  private static final int TERMS = 3;

  private final String link;
  private final String member;
  private final long longestNanos;
  private final LogBudget lines = new LogBudget(1);
  private long sinceNanos;
  private boolean seen;

  DuplicateName(String link, Standby standby) {
    this.link = link;
    this.member = standby.member();
    this.longestNanos = standby.term().multipliedBy(TERMS).toNanos();
  }

  /** Takes note of who leads at a time of {@link System#nanoTime}. */
  void seen(Lead lead, long now) {
    if (lead.isMine() || !member.equals(lead.leader())) {
      seen = false;
    } else if (!seen) {
      seen = true;
      sinceNanos = now;
    } else if (now - sinceNanos >= longestNanos) {
      lines.write(end ->
          log.warn(
              LogEvent.MEMBER_NAME_DUPLICATE.marker(),
              "[link={}] another member that is also named '{}' leads; give each member its own"
                  + " name (--member){}",
              link,
              member,
              end));
    }
  }
}
