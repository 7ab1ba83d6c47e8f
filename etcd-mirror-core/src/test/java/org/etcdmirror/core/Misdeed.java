package org.etcdmirror.core;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** How the surroundings of a mirror may behave. */
enum Misdeed {
  /** Each call of each side fails now and then, before it does anything or half way. */
  FAILURES,
  /** History is cleared. */
  LOST_HISTORY,
  /** The source is replaced by another cluster. */
  OTHER_CLUSTER,
  /** The mirror's process is killed; what it does by then has no effect any more. */
  CRASHES,
  /** What was stored may have been stored, though the store said that it failed, or not. */
  LOST_ANSWERS,
  /** A write of unknown outcome is carried out later, also after newer ones. */
  LATE_WRITES,
  /** The same where each write compares the checkpoint's version. */
  LATE_TRANSACTIONS,
  /** The source calls itself complete through an event that it never delivered. */
  DISPROVED_INDEX,
  /** The index at which the source is read is compacted on the way; the stream may live on. */
  COMPACTED_READING;

  /** What the engine is proof against: all of them. */
  static final Set<Misdeed> ON = EnumSet.allOf(Misdeed.class);

  /** Some of these, at least one, that can go together. */
  static Set<Misdeed> some(Random random, Set<Misdeed> of) {
    List<Misdeed> all = new ArrayList<>(of);
    Set<Misdeed> some = EnumSet.of(all.get(random.nextInt(all.size())));
    for (Misdeed one : all) {
      if (random.nextBoolean() && !(one.needsOtherSink(some))) {
        some.add(one);
      }
    }
    return some;
  }

  /** Late transactions are those of an atomic sink, late writes those of another one. */
  private boolean needsOtherSink(Set<Misdeed> some) {
    return (this == LATE_WRITES && some.contains(LATE_TRANSACTIONS))
        || (this == LATE_TRANSACTIONS && some.contains(LATE_WRITES));
  }
}
