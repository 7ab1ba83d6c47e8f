package org.etcdmirror.v2.internal.lead;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.v2.internal.client.V2Lead;

/**
 * The time for which a member leads at least, on its own clock. A request may begin only if the
 * term outlasts the longest time that the request may take. So nothing is sent after the term,
 * unless the process stands still between the question and the request. Safe for use by many
 * threads.
 */
final class V2Term implements V2Lead {

  private static final int REQUESTS_A_TERM = 2;

  private final Duration longest;
  private boolean held;
  private long untilNanos;

  V2Term(Duration term) {
    this.longest = term.dividedBy(REQUESTS_A_TERM);
  }

  /** The lead lasts until then, by {@link System#nanoTime()}. */
  synchronized void lasts(long until) {
    held = true;
    untilNanos = until;
    notifyAll();
  }

  synchronized void ends() {
    held = false;
    notifyAll();
  }

  /** Waits for the term to be prolonged if too little of it is left. */
  @Override
  public synchronized Duration longest(boolean changes) throws InterruptedException {
    if (!changes) {
      return Duration.ZERO;
    }
    long left = left();
    while (left > 0 && left < longest.toNanos()) {
      NANOSECONDS.timedWait(this, left);
      left = left();
    }
    if (left <= 0) {
      throw new FencedException(
          "the lead was not prolonged in time, so another member of the link may lead");
    }
    return longest;
  }

  private long left() {
    return held ? untilNanos - System.nanoTime() : 0;
  }
}
