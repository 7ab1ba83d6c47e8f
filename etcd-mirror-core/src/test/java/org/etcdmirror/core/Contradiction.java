package org.etcdmirror.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.api.MirrorEvent;
import org.jspecify.annotations.Nullable;

/**
 * A source that reports an index although it never delivered an event, and admits it once: while it
 * is followed, or when it is reopened. The mirror must not forget that once the mirror acts on a
 * gap, by reading the source's entries; if the mirror ends before, the next one is told again. Safe
 * for use by many threads.
 */
final class Contradiction {

  private static final double TELL_AT_A_POLL = 0.5;
  private static final double ONLY_WHEN_REOPENED = 0.3;

  /** An event that was not delivered, and the time from which the sink must have it anyway. */
  private static final class Withheld {
    private final MirrorEvent event;
    private boolean actedOn;
    private @Nullable Long mendedNanos;

    Withheld(MirrorEvent event) {
      this.event = event;
    }

    /** Whether a wrong claim made at this time is not the mirror's fault. */
    boolean excuses(long nanos) {
      return mendedNanos == null || mendedNanos - nanos >= 0;
    }
  }

  private final List<Withheld> all = new ArrayList<>();
  private @Nullable Random random;
  private double chance;
  private @Nullable Withheld untold;
  private @Nullable Withheld told;
  private boolean onlyWhenReopened;

  /** Each event is withheld with this probability. */
  synchronized void withholdRandomly(Random source, double probability) {
    random = source;
    chance = probability;
  }

  /** Stops withholding; an event already withheld is reported at the next reopening. */
  synchronized void heal() {
    chance = 0;
  }

  /** Whether this event is to be withheld. */
  synchronized boolean wants() {
    return random != null && untold == null && told == null && random.nextDouble() < chance;
  }

  /** Records that this event was not delivered. */
  synchronized void withheld(MirrorEvent event) {
    untold = new Withheld(event);
    all.add(untold);
    onlyWhenReopened = random != null && random.nextDouble() < ONLY_WHEN_REOPENED;
  }

  /** Whether a poll may report the withheld event. */
  synchronized boolean isRestless() {
    return untold != null && !onlyWhenReopened;
  }

  synchronized void polled(long confirmed, long current) throws IndexDisprovedException {
    if (isRestless() && random != null && random.nextDouble() < TELL_AT_A_POLL) {
      tell(confirmed, current);
    }
  }

  synchronized void reopened(long confirmed, long current) throws IndexDisprovedException {
    if (untold != null && untold.event.index() <= confirmed) {
      tell(confirmed, current);
    }
  }

  private void tell(long confirmed, long current) throws IndexDisprovedException {
    Withheld now = untold;
    if (now != null) {
      told = now;
      untold = null;
      throw new IndexDisprovedException(now.event.index(), confirmed, current, "it came late");
    }
  }

  /** The repairing thread reads the source's entries. */
  synchronized void acted() {
    if (told != null) {
      told.actedOn = true;
      told = null;
    }
  }

  /** A comparison has ended; it may have begun before an event was reported as missing. */
  synchronized void compared() {
    for (Withheld one : all) {
      if (one.actedOn && one.mendedNanos == null) {
        one.mendedNanos = System.nanoTime();
      }
    }
  }

  /** The mirror has ended; the next one is told what this one did not act on. */
  synchronized void mirrorEnded() {
    if (told != null) {
      untold = told;
      told = null;
    }
  }

  /** Another history: events withheld from the old one no longer matter. */
  synchronized void forget() {
    untold = null;
    told = null;
    all.clear();
  }

  /** Whether a claim about this key may be wrong without any fault of the mirror. */
  synchronized boolean excuses(Bytes key, long claimedNanos) {
    return all.stream()
        .anyMatch(one -> one.excuses(claimedNanos) && FakeSink.decides(one.event, key));
  }
}
