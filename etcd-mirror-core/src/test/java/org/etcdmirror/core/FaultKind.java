package org.etcdmirror.core;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** The kinds of fault of the systems around a mirror. */
enum FaultKind {
  /** Calls of each side fail sometimes, before they do anything or half way. */
  FAILURES,
  /** History is cleared. */
  LOST_HISTORY,
  /** The source is replaced by another cluster. */
  OTHER_CLUSTER,
  /** The mirror's process is killed; what it does from then on has no effect. */
  CRASHES,
  /** The store reports a failure, although the checkpoint may have been stored. */
  LOST_ANSWERS,
  /** A write of unknown outcome is carried out later, also after newer ones. */
  LATE_WRITES,
  /** Like late writes, but each write compares the checkpoint's version. */
  LATE_TRANSACTIONS,
  /** The source calls itself complete through an event that it never delivered. */
  DISPROVED_INDEX,
  /** The index of a snapshot is compacted while it is read; the stream may survive. */
  COMPACTED_READING;

  /** The faults that the engine survives: all of them. */
  static final Set<FaultKind> ON = EnumSet.allOf(FaultKind.class);

  /** Some of these, at least one, that can be combined. */
  static Set<FaultKind> some(Random random, Set<FaultKind> of) {
    List<FaultKind> all = new ArrayList<>(of);
    Set<FaultKind> some = EnumSet.of(all.get(random.nextInt(all.size())));
    for (FaultKind one : all) {
      if (random.nextBoolean() && !(one.needsOtherSink(some))) {
        some.add(one);
      }
    }
    return some;
  }

  /** Late transactions are those of an atomic sink, late writes those of another one. */
  private boolean needsOtherSink(Set<FaultKind> some) {
    return (this == LATE_WRITES && some.contains(LATE_TRANSACTIONS))
        || (this == LATE_TRANSACTIONS && some.contains(LATE_WRITES));
  }
}
