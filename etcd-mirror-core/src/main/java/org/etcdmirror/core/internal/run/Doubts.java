package org.etcdmirror.core.internal.run;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.internal.checkpoint.CompareNote;
import org.jspecify.annotations.Nullable;

/**
 * Why the sink may not be level with the source: every gap that was found and that no comparison or
 * decision has ended. Reader and applier add to it; as long as it holds something, every checkpoint
 * says so ({@link CompareNote}), the state is not FOLLOWING and the sink is not called level.
 *
 * <p>Each doubt has a number that grows. A recovery says through which number it answers, so that
 * it cannot end what was found after it was handed over. There is at most one doubt of each reason:
 * a gap of the same reason takes the place of the former, with a new number.
 */
public final class Doubts {

  /**
   * One of them.
   *
   * @param gap what was found
   * @param since when the first of this reason was found, for a person
   * @param number grows with each
   */
  public record Doubt(Gap gap, Instant since, long number) {

    public Doubt(Gap gap, Instant since) {
      this(gap, since, 0);
    }

    /** Of a gap that is found now. */
    public static Doubt now(Gap gap) {
      return new Doubt(gap, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }
  }

  private final StateMachine states;
  private final Progress progress;

  /** In the order in which they were found. */
  private final List<Doubt> open = new ArrayList<>();

  private long newest;
  private long answered;
  private boolean recoveryFailed;

  /** Wakes the applier. */
  private volatile Runnable waker = () -> {};

  public Doubts(StateMachine states, Progress progress) {
    this.states = states;
    this.progress = progress;
  }

  /** Has the applier woken when a gap is found. */
  public void wakes(Runnable applier) {
    waker = applier;
  }

  /** A gap was found. When this returns, nothing calls the sink level any more. */
  public void add(Gap gap) {
    add(Doubt.now(gap));
  }

  /** Takes over the doubts of a checkpoint. */
  public void add(Doubt found) {
    // First of all, so that the state never claims what is known to be untrue.
    count(1);
    if (replaces(found)) {
      count(-1);
    }
    waker.run();
  }

  private synchronized boolean replaces(Doubt found) {
    Doubt before = ofReason(found.gap().reason());
    newest++;
    open.remove(before);
    open.add(new Doubt(found.gap(), before == null ? found.since() : before.since(), newest));
    return before != null;
  }

  private void count(int change) {
    progress.doubted(change);
    states.doubted(change);
  }

  private @Nullable Doubt ofReason(Gap.Reason reason) {
    for (Doubt doubt : open) {
      if (doubt.gap().reason() == reason) {
        return doubt;
      }
    }
    return null;
  }

  public synchronized boolean isEmpty() {
    return open.isEmpty();
  }

  /** Whether no copy into this sink was ever finished. */
  public synchronized boolean isOfFirstCopy() {
    return ofReason(Gap.Reason.NO_CHECKPOINT) != null;
  }

  /** All, in the order in which they were found. */
  public synchronized List<Doubt> all() {
    return List.copyOf(open);
  }

  /** Those that remain when all through a number are ended. */
  public synchronized List<Doubt> after(long number) {
    return open.stream().filter(doubt -> doubt.number() > number).toList();
  }

  /** The gaps through a number, in the order in which they were found. */
  public synchronized List<Gap> through(long number) {
    return open.stream().filter(doubt -> doubt.number() <= number).map(Doubt::gap).toList();
  }

  /** Whether there is something for which no recovery was handed over. */
  public synchronized boolean isUnanswered() {
    return !after(answered).isEmpty();
  }

  /** Whether there is something for which a recovery was handed over and is not done. */
  public synchronized boolean isAnswered() {
    return after(answered).size() < open.size();
  }

  /** The gaps for which no recovery was handed over, in the order in which they were found. */
  public synchronized List<Gap> unanswered() {
    return after(answered).stream().map(Doubt::gap).toList();
  }

  /** A gap that was found before, while the source goes on. */
  public static Gap asOf(SourceHead head, Gap gap) {
    return new Gap(gap.reason(), gap.from(), gap.oldest(), head.index());
  }

  /**
   * A recovery is about to be handed over for all that there are.
   *
   * @return the number of the newest
   */
  public synchronized long answer() {
    answered = newest;
    recoveryFailed = false;
    return newest;
  }

  /** Whether of all these nothing but events is missing, in a history that goes on. */
  public static boolean areOnlyEvents(List<Gap> gaps) {
    return gaps.stream().allMatch(gap -> isOfEvents(gap.reason()));
  }

  private static boolean isOfEvents(Gap.Reason reason) {
    return switch (reason) {
      case HISTORY_CLEARED, HISTORY_COMPACTED, INDEX_DISPROVED -> true;
      default -> false;
    };
  }

  /** Whether the sink may hold what never came from the source's history by the present scope. */
  public static boolean isOfAnotherOrigin(Gap gap) {
    return switch (gap.reason()) {
      case NO_CHECKPOINT, CLUSTER_REPLACED, INDEX_WENT_BACKWARDS, SCOPE_CHANGED -> true;
      case HISTORY_CLEARED,
          HISTORY_COMPACTED,
          INDEX_DISPROVED,
          FORCED,
          SINK_DRIFTED,
          SINK_ROLLED_BACK,
          CATCH_UP ->
          false;
    };
  }

  /** A recovery cannot be finished; unless a newer one is on its way, another is needed. */
  public synchronized void recoveryFailed(long number) {
    if (number == answered) {
      answered = 0;
      recoveryFailed = true;
    }
  }

  /** Whether the last recovery that was handed over could not be finished. */
  public synchronized boolean hasRecoveryFailed() {
    return recoveryFailed;
  }

  /** Removes the doubts through a number, after their end was stored. */
  public void ended(long number) {
    int count;
    synchronized (this) {
      int before = open.size();
      open.removeIf(doubt -> doubt.number() <= number);
      count = before - open.size();
    }
    count(-count);
  }

  /** The one that asks for the most care; empty if there is none. */
  public synchronized Optional<Gap> gravest() {
    return gravest(open.stream().map(Doubt::gap).toList());
  }

  /** The gap that asks for the most care; the first of those that ask for the same. */
  public static Optional<Gap> gravest(List<Gap> gaps) {
    return gaps.stream().reduce(Doubts::graver);
  }

  /** The one of two gaps that asks for more care; the first if they ask for the same. */
  public static Gap graver(Gap first, Gap second) {
    return weight(second.reason()) > weight(first.reason()) ? second : first;
  }

  private static int weight(Gap.Reason reason) {
    return switch (reason) {
      case NO_CHECKPOINT -> 4;
      case CLUSTER_REPLACED, INDEX_WENT_BACKWARDS -> 3;
      case SCOPE_CHANGED -> 2;
      case HISTORY_CLEARED, HISTORY_COMPACTED, INDEX_DISPROVED, SINK_DRIFTED, SINK_ROLLED_BACK -> 1;
      case FORCED, CATCH_UP -> 0;
    };
  }
}
