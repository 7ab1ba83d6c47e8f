package org.etcdmirror.v2;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to replace the watch that feeds the stream by a new one, or to find out that it is
 * dead. Nothing is closed before {@link #verdict} says so.
 *
 * <ul>
 *   <li>PROBATION: the new watch asked for history after the confirmed index. If there is a match
 *       it comes first, so silence or a live event proves that nothing was missed.
 *   <li>SUSPECT: history had an event that the old watch has not delivered. Either it comes over
 *       the old watch now, or the old watch is dead.
 *   <li>TAKEOVER: history is cleared, so the new watch began at "now". The old watch must have
 *       delivered everything before that. It has if it delivers something later; or if it is silent
 *       and cannot have overflowed.
 * </ul>
 */
final class HandOverAttempt {

  /** What is to be done. */
  enum Verdict {
    /** Nothing yet. */
    WAIT,
    /** The new watch takes over, and everything through its header's index is confirmed. */
    PROMOTE,
    /** The old watch has proven itself; the new one is of no use. */
    KEEP,
    /** The same again at once, from a newer index. */
    AGAIN,
    /** The old watch lost events. */
    LOST,
    /** The new watch did not come about; see {@link #failure}. */
    FAILED
  }

  private enum Phase {
    OPENING,
    PROBATION,
    SUSPECT,
    TAKEOVER_OPENING,
    TAKEOVER,
    USELESS,
    BROKEN
  }

  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration LATE_MATCH = Duration.ofSeconds(2);
  private static final Duration SILENCE = Duration.ofMillis(150);
  private static final Duration SUSPICION = Duration.ofMillis(300);

  /** After a burst history is short: to be wrong costs a mend, to be late a resync. */
  private static final Duration SUSPICION_AFTER_BURST = Duration.ofMillis(60);

  private static final Duration LONG_SILENCE = Duration.ofMillis(500);

  /**
   * A member that falls some 5000 raft entries behind is given its leader's snapshot, and tells the
   * watches it has nothing of what was in it (etcd 2.3 to 3.5, by default). Not each entry moves
   * the index, so less than that must do.
   */
  private static final long FAR = 4000;

  private final long confirmed;
  private final List<WatchSignal.Line> held = new ArrayList<>();
  private WatchLink link;
  private Phase phase = Phase.OPENING;
  private long sinceNanos;
  private @Nullable V2Event found;
  private long firstHeldNanos;
  private boolean farTrusted;
  private @Nullable IOException failure;

  HandOverAttempt(WatchLink link, long confirmed, long nowNanos) {
    this.link = link;
    this.confirmed = confirmed;
    this.sinceNanos = nowNanos;
  }

  WatchLink link() {
    return link;
  }

  /** The confirmed index when it began. */
  long confirmed() {
    return confirmed;
  }

  /** Lines of the new watch, to be delivered when it takes over. */
  List<WatchSignal.Line> held() {
    return held;
  }

  @Nullable IOException failure() {
    return failure;
  }

  /** Whether the new watch began at "now", without a look into history. */
  boolean isTakeover() {
    return phase == Phase.TAKEOVER;
  }

  /** Whether the new watch misses nothing after the confirmed index, by itself. */
  boolean standsAlone() {
    return phase == Phase.PROBATION;
  }

  void opened(long nowNanos) {
    enter(phase == Phase.TAKEOVER_OPENING ? Phase.TAKEOVER : Phase.PROBATION, nowNanos);
  }

  /** History is cleared; {@code fromNow} is a watch without it. */
  void takeOver(WatchLink fromNow, long nowNanos) {
    link = fromNow;
    enter(Phase.TAKEOVER_OPENING, nowNanos);
  }

  /** Whether a member may have skipped what lies between, see {@link #FAR}. */
  boolean isFar() {
    return isTakeover() && link.headerIndex() - confirmed > FAR;
  }

  /** The server is the only member of its cluster: there is no leader to send it a snapshot. */
  void trustFar() {
    farTrusted = true;
  }

  /** The event of history that the old watch was asked for. */
  @Nullable V2Event found() {
    return found;
  }

  void broke(IOException cause) {
    failure = cause;
    phase = Phase.BROKEN;
  }

  /** An event of the new watch that is not from history. */
  void live(WatchSignal.Line line, long nowNanos) {
    if (held.isEmpty()) {
      firstHeldNanos = nowNanos;
    }
    held.add(line);
  }

  /** History holds this event of the tree. */
  void foundInHistory(V2Event event, long nowNanos) {
    found = event;
    enter(Phase.SUSPECT, nowNanos);
  }

  /** History holds something that does not concern the tree; the new watch is dead by it. */
  void foundNothingUseful() {
    phase = Phase.USELESS;
  }

  private void enter(Phase next, long nowNanos) {
    phase = next;
    sinceNanos = nowNanos;
  }

  Verdict verdict(Witness witness, long nowNanos) {
    return switch (phase) {
      case OPENING, TAKEOVER_OPENING -> late(OPEN_TIMEOUT, WatchLink.NO_ANSWER, nowNanos);
      case PROBATION -> probation(witness, nowNanos);
      case SUSPECT -> suspect(witness, nowNanos);
      case TAKEOVER -> takeover(witness, nowNanos);
      case USELESS -> Verdict.AGAIN;
      case BROKEN -> Verdict.FAILED;
    };
  }

  private Verdict probation(Witness witness, long nowNanos) {
    if (!held.isEmpty()) {
      return Verdict.PROMOTE;
    }
    if (link.holdsLine()) {
      // For want of room, however long that takes; it may be the match.
      return Verdict.WAIT;
    }
    if (witness.lastIndex() > confirmed && witness.lastIndex() <= link.headerIndex()) {
      // The old watch delivered what history must have shown: the match is still on its way.
      return late(LATE_MATCH, "left out an event that history must hold", nowNanos);
    }
    return passed(SILENCE, nowNanos) || link.headerIndex() == confirmed
        ? Verdict.PROMOTE
        : Verdict.WAIT;
  }

  private Verdict suspect(Witness witness, long nowNanos) {
    if (witness.lastIndex() >= requireNonNull(found).node().modifiedIndex()) {
      return Verdict.KEEP;
    }
    Duration limit = witness.mayHaveOverflowed() ? SUSPICION_AFTER_BURST : SUSPICION;
    return passed(limit, nowNanos) && witness.silentFor(limit, nowNanos)
        ? Verdict.LOST
        : Verdict.WAIT;
  }

  private Verdict takeover(Witness witness, long nowNanos) {
    if (isFar() && !farTrusted) {
      return Verdict.LOST;
    }
    if (witness.lastIndex() > link.headerIndex()) {
      return Verdict.PROMOTE;
    }
    if (!witness.silentFor(SUSPICION, nowNanos) || !passed(SUSPICION, nowNanos)) {
      return Verdict.WAIT;
    }
    boolean newerSeenHere = !held.isEmpty() && nowNanos - firstHeldNanos >= SUSPICION.toNanos();
    if (witness.mayHaveOverflowed() || newerSeenHere) {
      return Verdict.LOST;
    }
    return held.isEmpty()
            && witness.silentFor(LONG_SILENCE, nowNanos)
            && passed(LONG_SILENCE, nowNanos)
        ? Verdict.PROMOTE
        : Verdict.WAIT;
  }

  private Verdict late(Duration limit, String what, long nowNanos) {
    if (!passed(limit, nowNanos)) {
      return Verdict.WAIT;
    }
    broke(new IOException("%s %s in %s".formatted(link, what, limit)));
    return Verdict.FAILED;
  }

  private boolean passed(Duration time, long nowNanos) {
    return nowNanos - sinceNanos >= time.toNanos();
  }
}
