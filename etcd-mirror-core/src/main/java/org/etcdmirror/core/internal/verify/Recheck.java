package org.etcdmirror.core.internal.verify;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SnapshotExpiredException;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.SinkProgress;
import org.etcdmirror.core.internal.snapshot.KeySnapshot;
import org.etcdmirror.core.internal.unsupported.EntryRules;
import org.etcdmirror.core.internal.unsupported.SnapshotFilter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at keys that were not the same again and again, while others write, until each is the same
 * or proven not to be. One look reads the source, waits until the sink holds that, reads the sink,
 * and reads the source once more:
 *
 * <ul>
 *   <li>A key that is in the sink as it is in the source before or after is the same. Where there
 *       are too many to hold what the sink has of them, only the one before counts.
 *   <li>If the source's entry is of one version before and after, the sink should have held it in
 *       between: the difference is real.
 *   <li>If the source has no entry before and after, one may have come and gone, and been in the
 *       sink rightly. But if the sink's entry is of one version in two looks, it was there before
 *       the second one began, and the sink has held since then that there is none: real. As not
 *       every sink tells versions, three looks must agree.
 * </ul>
 */
final class Recheck {

  /**
   * The time limit.
   *
   * @param firstPause before the first look
   * @param longestPause pauses grow up to this
   * @param time the time limit; differences that are left then stay unsettled
   * @param fewest looks at least, however long they take
   */
  record Limits(Duration firstPause, Duration longestPause, Duration time, int fewest) {

    static final Limits DEFAULT =
        new Limits(Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(60), 10);
  }

  /** A key and how often it was seen like this in a row. */
  private record Suspect(ObservedDifference observed, int looks) {}

  private static final Logger log = LoggerFactory.getLogger(Recheck.class);
  private static final int LOOKS_TO_AGREE = 3;

  private final ComparedSides sides;
  private final EntryRules rules;
  private final SinkProgress level;
  private final Limits limits;
  private final Map<Bytes, Suspect> suspects = new LinkedHashMap<>();

  /** Those that are looked at when the others are settled. */
  private final Map<Bytes, Suspect> later = new LinkedHashMap<>();

  private final List<Difference> real = new ArrayList<>();
  private long behind;

  Recheck(
      ComparedSides sides,
      EntryRules rules,
      SinkProgress level,
      Limits limits,
      List<ObservedDifference> first) {
    this.sides = sides;
    this.rules = rules;
    this.level = level;
    this.limits = limits;
    first.forEach(observed -> suspects.put(observed.difference().key(), new Suspect(observed, 1)));
  }

  /** Rechecks until all is settled, a limit is reached, or the sink makes no progress. */
  void settle() throws IOException, InterruptedException, Retry.StoppedException {
    long began = System.nanoTime();
    Duration pause = limits.firstPause();
    for (int look = 0;
        !suspects.isEmpty()
            && behind == 0
            && (look < limits.fewest() || System.nanoTime() - began < limits.time().toNanos());
        look++) {
      if (sides.closing().await(pause)) {
        throw new Retry.StoppedException();
      }
      Duration longer = pause.multipliedBy(3).dividedBy(2);
      pause = longer.compareTo(limits.longestPause()) < 0 ? longer : limits.longestPause();
      try {
        look();
      } catch (SnapshotExpiredException e) {
        // What was seen is of no one index, so that it proves nothing. Fewer keys are read at once.
        log.debug("recheck failed", e);
        lookAtFewer();
      }
      if (suspects.isEmpty() && !later.isEmpty()) {
        suspects.putAll(later);
        later.clear();
        lookAtFewer();
        pause = limits.firstPause();
      }
    }
  }

  private void lookAtFewer() {
    int kept = 0;
    var all = suspects.entrySet().iterator();
    while (all.hasNext()) {
      var entry = all.next();
      if (++kept > ComparedSides.MOST_KEYS) {
        later.put(entry.getKey(), entry.getValue());
        all.remove();
      }
    }
  }

  /** The proven differences. */
  List<Difference> real() {
    return real;
  }

  /** The number of differences that stay undecided. */
  int unsettled() {
    return suspects.size() + later.size();
  }

  /**
   * The number of events that the sink lacked when it stopped making progress; 0 if it did not
   * stop.
   */
  long behind() {
    return behind;
  }

  private void look() throws IOException, InterruptedException, Retry.StoppedException {
    SourceHead before;
    Map<Bytes, ObservedDifference> seen;
    KeySnapshot held = null;
    try (Snapshot from = sides.ofSource(suspects.keySet())) {
      before = from.head();
      behind = level.behind(before);
      if (behind > 0) {
        return;
      }
      try (Snapshot to = sides.ofSink(suspects.keySet())) {
        seen = observe(from, to);
        held = to instanceof KeySnapshot few ? few.again() : null;
      }
    }
    suspects.keySet().retainAll(seen.keySet());
    if (suspects.isEmpty()) {
      return;
    }
    seen.forEach((key, observed) -> suspects.compute(key, (same, known) -> again(known, observed)));
    try (Snapshot from = sides.ofSource(suspects.keySet())) {
      SourceHead after = from.head();
      if (!after.clusterId().equals(before.clusterId())) {
        throw new IOException(
            "source was replaced during the comparison: cluster %s, now %s"
                .formatted(before.clusterId(), after.clusterId()));
      }
      Map<Bytes, ObservedDifference> later = observe(from, held);
      if (held != null) {
        suspects.keySet().retainAll(later.keySet());
      }
      conclude(later, after.index() == before.index());
    }
  }

  private Map<Bytes, ObservedDifference> observe(Snapshot from, @Nullable Snapshot to)
      throws IOException, InterruptedException, Retry.StoppedException {
    Map<Bytes, ObservedDifference> seen = new HashMap<>();
    sides.walk(
        from,
        to,
        new SnapshotFilter(rules),
        observed -> {
          if (suspects.containsKey(observed.difference().key())) {
            seen.put(observed.difference().key(), observed);
          }
        });
    return seen;
  }

  private static Suspect again(@Nullable Suspect known, ObservedDifference observed) {
    return known != null && known.observed().equals(observed)
        ? new Suspect(observed, known.looks() + 1)
        : new Suspect(observed, 1);
  }

  /**
   * Takes out what is real.
   *
   * @param later what differs from the source after the look; all that it holds, if the sink's side
   *     could not be held
   * @param stoodStill whether nothing at all happened in the source meanwhile
   */
  private void conclude(Map<Bytes, ObservedDifference> later, boolean stoodStill) {
    suspects
        .entrySet()
        .removeIf(entry -> {
          Suspect suspect = entry.getValue();
          ObservedDifference observed = later.get(entry.getKey());
          long inSource = observed == null ? ObservedDifference.ABSENT : observed.inSource();
          if (inSource != suspect.observed().inSource()
              || (!stoodStill && suspect.looks() < looksNeeded(suspect.observed()))) {
            return false;
          }
          real.add(suspect.observed().difference());
          return true;
        });
  }

  /** A key that another one can rule out may have been ruled out for a moment. */
  private int looksNeeded(ObservedDifference observed) {
    return observed.inSource() == ObservedDifference.ABSENT || rules.findClashes()
        ? LOOKS_TO_AGREE
        : 1;
  }
}
