package org.etcdmirror.soak;

import org.jspecify.annotations.Nullable;

/**
 * Counts how often the lead went from one instance to another, and for how long none led. Safe for
 * use by many threads.
 */
final class Leads {

  private static final String NO_FAULT = "no fault of the leader";

  private final Tally tally;
  private @Nullable String leader;
  private long lastLed;
  private boolean missed;
  private String fault = NO_FAULT;

  Leads(Tally tally) {
    this.tally = tally;
  }

  /** Something was done to an instance, which may be the leader. */
  synchronized void met(String instance, String what) {
    if (instance.equals(leader)) {
      fault = what;
    }
  }

  /**
   * How it is now.
   *
   * @param by the instance that leads; null if none is known to
   * @param now by {@link System#nanoTime()}
   */
  synchronized void isLed(@Nullable String by, long now) {
    if (by == null) {
      missed = true;
      return;
    }
    boolean isAnother = leader != null && !by.equals(leader);
    if (isAnother) {
      tally.count("takeovers after", fault);
    }
    if (leader != null && (isAnother || missed)) {
      long millis = (now - lastLed) / 1_000_000;
      tally.most("most milliseconds without a leader after", fault, millis);
    }
    leader = by;
    lastLed = now;
    missed = false;
    fault = NO_FAULT;
  }

  /** The one that led last; null if none did. */
  synchronized @Nullable String last() {
    return leader;
  }
}
