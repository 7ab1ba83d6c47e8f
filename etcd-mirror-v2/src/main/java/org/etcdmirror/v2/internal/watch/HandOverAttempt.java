package org.etcdmirror.v2.internal.watch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to prove that the watch that feeds the stream has delivered everything up to an
 * index, or to find out that it is dead. It only judges; its owner acts.
 *
 * <ul>
 *   <li>LOOKING: history after the confirmed index is asked. It answers with a proof that nothing
 *       is there (CLEAN), or with an event (FOUND): either that comes over the watch, too, or the
 *       watch is dead.
 *   <li>TAKEOVER: history is cleared, so a new watch of the same server began at "now". The old one
 *       must have delivered everything before that. It has if it delivers something later. If it is
 *       silent, and cannot have overflowed, it is half-closed (DRAINING): if it then ends in good
 *       order without another byte, it was idle, and the new one takes over.
 * </ul>
 */
final class HandOverAttempt {

  private enum Phase {
    LOOKING,
    FOUND,
    CLEAN,
    TAKEOVER_OPENING,
    TAKEOVER,
    DRAINING,
    DRAINED,
    USELESS,
    UNPROVEN,
    BROKEN
  }

  /**
   * A member that falls some 5000 raft entries behind is given its leader's snapshot, and tells the
   * watches it has nothing of what was in it (etcd 2.3 to 3.5, by default). Not each entry moves
   * the index, so less than that must do.
   */
  static final long FAR = 4000;

  private final HttpUrl endpoint;
  private final long confirmed;
  private final HandOverTimes times;
  private final long askedNanos = System.nanoTime();
  private final List<WatchSignal.Line> held = new ArrayList<>();
  private Phase phase = Phase.LOOKING;
  private long sinceNanos;
  private int linesWhenAsked;
  private long provenIndex;
  private @Nullable V2Event found;
  private @Nullable WatchLink link;
  private long firstHeldNanos;
  private boolean far;
  private boolean drained;
  private long bytesWhenDraining;
  private @Nullable IOException failure;
  private boolean late;
  private boolean belied;

  /**
   * An attempt that begins with a look into history.
   *
   * @param endpoint whose history that is
   * @param linesWhenAsked how many events had come over the old watch by then
   */
  HandOverAttempt(
      HttpUrl endpoint, long confirmed, int linesWhenAsked, HandOverTimes times, long nowNanos) {
    this.endpoint = endpoint;
    this.confirmed = confirmed;
    this.linesWhenAsked = linesWhenAsked;
    this.times = times;
    this.sinceNanos = nowNanos;
  }

  /** The server that is asked: whose history it is, or where the new watch is. */
  HttpUrl endpoint() {
    return link == null ? endpoint : link.endpoint();
  }

  HandOverTimes times() {
    return times;
  }

  /** When it began, by {@link System#nanoTime()}. */
  long askedNanos() {
    return askedNanos;
  }

  /** The confirmed index when it began. */
  long confirmed() {
    return confirmed;
  }

  /** The number of events that had come over the old watch when the last question was sent. */
  int linesAtLastQuestion() {
    return linesWhenAsked;
  }

  /** Through which index everything is delivered, if the verdict is to confirm it. */
  long provenIndex() {
    return provenIndex;
  }

  /** The event of history that the old watch was asked for. */
  @Nullable V2Event found() {
    return found;
  }

  /** The new watch; null while there is none. */
  @Nullable WatchLink link() {
    return link;
  }

  /** Lines of the new watch, to be delivered when it takes over. */
  List<WatchSignal.Line> held() {
    return held;
  }

  @Nullable IOException failure() {
    return failure;
  }

  /** Whether it failed because a server sent nothing in time. */
  boolean wasLate() {
    return late;
  }

  /** Whether it failed because a proof turned out to be wrong, or a half-close was not answered. */
  boolean wasDisproved() {
    return belied;
  }

  /** Whether a new watch was opened without a look into history. */
  boolean isTakeover() {
    return link != null;
  }

  boolean isDraining() {
    return phase == Phase.DRAINING;
  }

  /** Takes note that no event of the tree lies between the confirmed index and this one. */
  void clean(long headerIndex, long nowNanos) {
    provenIndex = headerIndex;
    enter(Phase.CLEAN, nowNanos);
  }

  /** History holds this event of the tree. */
  void foundInHistory(V2Event event, long nowNanos) {
    found = event;
    enter(Phase.FOUND, nowNanos);
  }

  /** History holds something that does not concern the tree. */
  void foundForeignEvent() {
    phase = Phase.USELESS;
  }

  void unproven() {
    phase = Phase.UNPROVEN;
  }

  void broke(IOException cause) {
    failure = cause;
    phase = Phase.BROKEN;
  }

  /** History is cleared; {@code fromNow} is a watch without it. */
  void takeOver(WatchLink fromNow, int lines, long nowNanos) {
    link = fromNow;
    linesWhenAsked = lines;
    enter(Phase.TAKEOVER_OPENING, nowNanos);
  }

  /**
   * The new watch is open.
   *
   * @param mayHaveSkipped whether its server may have skipped events, see {@link #FAR}
   */
  void opened(boolean mayHaveSkipped, long nowNanos) {
    provenIndex = requireNonNull(link).headerIndex();
    far = mayHaveSkipped;
    enter(Phase.TAKEOVER, nowNanos);
  }

  /** An event of the new watch. */
  void live(WatchSignal.Line line, long nowNanos) {
    if (held.isEmpty()) {
      firstHeldNanos = nowNanos;
    }
    held.add(line);
  }

  /** The old watch has been half-closed. */
  void draining(Witness witness, long nowNanos) {
    bytesWhenDraining = witness.link().received();
    enter(Phase.DRAINING, nowNanos);
  }

  /** The old watch ended in good order; all that came over it has been taken. */
  void drained(long nowNanos) {
    drained = true;
    enter(Phase.DRAINED, nowNanos);
  }

  private void enter(Phase next, long nowNanos) {
    phase = next;
    sinceNanos = nowNanos;
  }

  /** The next action. Call it only when every signal has been taken in. */
  Verdict verdict(Witness witness, long nowNanos) {
    return switch (phase) {
      case LOOKING -> isDelivering(witness, nowNanos) ? Verdict.SUPERFLUOUS : Verdict.WAIT;
      case CLEAN -> clean(witness, nowNanos);
      case FOUND -> suspect(witness, nowNanos);
      case TAKEOVER_OPENING -> late(WatchLink.NO_ANSWER, requireNonNull(link), witness, nowNanos);
      case TAKEOVER -> takeover(witness, nowNanos);
      case DRAINING ->
          witness.lastIndex() > provenIndex
              ? Verdict.PROMOTE
              : late("did not end after a half-close", witness.link(), witness, nowNanos);
      case DRAINED -> drained(witness);
      case USELESS -> Verdict.AGAIN;
      case UNPROVEN -> Verdict.UNPROVEN;
      // Without the old watch and the new one nothing feeds the stream.
      case BROKEN -> drained ? Verdict.LOST : Verdict.FAILED;
    };
  }

  /** Whether a line is arriving over this watch, or waits for room. */
  boolean isDelivering(Witness witness, long nowNanos) {
    return witness.link().inLine() && !witness.silentFor(times.life(), nowNanos);
  }

  private Verdict clean(Witness witness, long nowNanos) {
    if (witness.lastIndex() > confirmed && witness.lastIndex() <= provenIndex) {
      // The proof was wrong, whatever the reason; so it counts for nothing.
      belied = true;
      broke(
          new IOException(
              "%s: history from index %d shows no event through %d, but the watch delivered index %d"
                  .formatted(witness.link(), confirmed + 1, provenIndex, witness.lastIndex())));
      return Verdict.FAILED;
    }
    if (!witness.link().inLine()) {
      return Verdict.CONFIRM;
    }
    // What is arriving must not belie it.
    return isDelivering(witness, nowNanos) ? Verdict.WAIT : Verdict.LOST;
  }

  private Verdict suspect(Witness witness, long nowNanos) {
    if (witness.lastIndex() >= requireNonNull(found).node().modifiedIndex()) {
      return Verdict.KEEP;
    }
    Duration limit =
        witness.link().inLine()
            ? times.life()
            : witness.mayHaveOverflowed() ? times.suspicionAfterBurst() : times.suspicion();
    return passed(limit, nowNanos) && witness.silentFor(limit, nowNanos)
        ? Verdict.LOST
        : Verdict.WAIT;
  }

  private Verdict takeover(Witness witness, long nowNanos) {
    if (far) {
      return Verdict.LOST;
    }
    if (witness.lastIndex() > provenIndex) {
      return Verdict.CONFIRM;
    }
    if (requireNonNull(link).holdsLine()) {
      // What it holds may be the room that the old watch waits for.
      return Verdict.SUPERFLUOUS;
    }
    Duration limit = witness.link().inLine() ? times.life() : times.suspicion();
    if (!witness.silentFor(limit, nowNanos) || !passed(limit, nowNanos)) {
      return Verdict.WAIT;
    }
    boolean newerSeenHere = !held.isEmpty() && nowNanos - firstHeldNanos >= limit.toNanos();
    if (witness.link().inLine() || witness.mayHaveOverflowed() || newerSeenHere) {
      return Verdict.LOST;
    }
    return held.isEmpty()
            && !requireNonNull(link).inLine()
            && witness.silentFor(times.quiet(), nowNanos)
            && passed(times.quiet(), nowNanos)
        ? Verdict.DRAIN
        : Verdict.WAIT;
  }

  private Verdict drained(Witness witness) {
    boolean idle = witness.link().received() == bytesWhenDraining;
    // Lines after the half-close: the handler was at work, and may have left out what came next.
    return idle || witness.lastIndex() > provenIndex ? Verdict.PROMOTE : Verdict.LOST;
  }

  private Verdict late(String what, WatchLink which, Witness witness, long nowNanos) {
    if (!passed(times.life(), nowNanos)
        || (phase == Phase.DRAINING && !witness.silentFor(times.life(), nowNanos))) {
      return Verdict.WAIT;
    }
    late = true;
    belied = phase == Phase.DRAINING;
    broke(new IOException("%s %s in %d ms".formatted(which, what, times.life().toMillis())));
    return Verdict.FAILED;
  }

  /** Whether the phase has lasted so long. */
  boolean passed(Duration time, long nowNanos) {
    return nowNanos - sinceNanos >= time.toNanos();
  }
}
