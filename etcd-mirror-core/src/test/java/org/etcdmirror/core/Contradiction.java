package org.etcdmirror.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.api.MirrorEvent;
import org.jspecify.annotations.Nullable;

/**
 * A source that calls itself complete through an event that it never delivered, and says so once:
 * while it is followed, or when it is opened again. What it said must not be forgotten once the
 * mirror acts on a gap, by reading the source's entries; if the mirror ends before, the next one is
 * told again. Safe for use by many threads.
 */
final class Contradiction {

  private static final double TELL_AT_A_POLL = 0.5;
  private static final double ONLY_WHEN_REOPENED = 0.3;

  /** An event that was not delivered, and since when it must be in the sink all the same. */
  private static final class Withheld {
    private final MirrorEvent event;
    private boolean actedOn;
    private @Nullable Long mendedNanos;

    Withheld(MirrorEvent event) {
      this.event = event;
    }

    /** Whether nothing that was claimed since then is to be blamed on the mirror. */
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

  /** Nothing more is withheld; what was is told when the source is opened again. */
  synchronized void heal() {
    chance = 0;
  }

  /** Whether this event is to be withheld. */
  synchronized boolean wants() {
    return random != null && untold == null && told == null && random.nextDouble() < chance;
  }

  /** This event was passed over. */
  synchronized void withheld(MirrorEvent event) {
    untold = new Withheld(event);
    all.add(untold);
    onlyWhenReopened = random != null && random.nextDouble() < ONLY_WHEN_REOPENED;
  }

  /** Whether a poll brings it to light. */
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

  /** The source's entries are read, by the thread that mends. */
  synchronized void acted() {
    if (told != null) {
      told.actedOn = true;
      told = null;
    }
  }

  /** A comparison has ended; it may have begun before something was told. */
  synchronized void compared() {
    for (Withheld one : all) {
      if (one.actedOn && one.mendedNanos == null) {
        one.mendedNanos = System.nanoTime();
      }
    }
  }

  /** The mirror is no more; what it was told and has not acted on, the next one is told. */
  synchronized void mirrorEnded() {
    if (told != null) {
      untold = told;
      told = null;
    }
  }

  /** Another history: there is nothing to be told of the old one. */
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
