package org.etcdmirror.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Writes whose answer was lost and that are carried out later, even after newer ones. Once their
 * server answers again they are carried out within {@link #WITHIN}. Safe for use by many threads.
 */
final class LateWrites {

  /** How long after its server answers again a write may still be carried out. */
  static final Duration WITHIN = Duration.ofMillis(30);

  /** Somewhat less, as the mirror may measure from a moment before. */
  private static final long AT_THE_LATEST_NANOS = WITHIN.toNanos() * 3 / 4;

  /** Limits the held writes so that the mirror makes progress. */
  private static final int MOST = 3;

  private static final double AFTER_THE_NEXT = 0.3;

  private static final class Held {
    private final Runnable write;
    private @Nullable Long answeredNanos;

    Held(Runnable write) {
      this.write = write;
    }

    boolean isDue(long now) {
      return answeredNanos != null && now - answeredNanos >= AT_THE_LATEST_NANOS;
    }
  }

  private final List<Held> held = new ArrayList<>();
  private @Nullable Random random;
  private double chance;
  private @Nullable Runnable whenNextIsLost;
  private boolean afterReading;

  /** The answer of each write is lost with this probability. */
  synchronized void loseRandomly(Random source, double probability) {
    random = source;
    chance = probability;
  }

  /**
   * The answer of the next write of data is lost.
   *
   * @param whenLost done then, by the thread that writes
   */
  synchronized void loseNext(Runnable whenLost) {
    whenNextIsLost = whenLost;
  }

  /** Carries out all held writes right after the next read of the sink. */
  synchronized void carryOutAfterTheNextReading() {
    afterReading = true;
  }

  /** The sink was read. */
  void wasRead() {
    boolean all;
    synchronized (this) {
      all = afterReading;
      afterReading = false;
    }
    if (all) {
      carryOutAll();
    } else {
      afterAnother();
    }
  }

  private void carryOutAll() {
    while (carryOutOne()) {
      // The next one.
    }
  }

  /** Stops losing answers and carries out all held writes. */
  void heal() {
    synchronized (this) {
      chance = 0;
    }
    carryOutAll();
  }

  /** Whether writes can be lost at all. */
  synchronized boolean isOn() {
    return random != null;
  }

  /**
   * Whether the answer of the current write is lost.
   *
   * @param data whether it writes anything besides the index
   */
  boolean strikes(boolean data) {
    Runnable whenLost;
    synchronized (this) {
      if (whenNextIsLost == null || !data) {
        return random != null && held.size() < MOST && random.nextDouble() < chance;
      }
      whenLost = whenNextIsLost;
      whenNextIsLost = null;
    }
    whenLost.run();
    return true;
  }

  synchronized void hold(Runnable write) {
    held.add(new Held(write));
  }

  /** The server answers again, so the held writes become due soon. */
  synchronized void answered() {
    long now = System.nanoTime();
    for (Held one : held) {
      if (one.answeredNanos == null) {
        one.answeredNanos = now;
      }
    }
  }

  /** Carries out a random one of them; false if there is none. */
  boolean carryOutOne() {
    Held one;
    synchronized (this) {
      if (held.isEmpty()) {
        return false;
      }
      one = held.remove(random == null ? 0 : random.nextInt(held.size()));
    }
    one.write.run();
    return true;
  }

  /** Sometimes carries out a write that is older than the last one. */
  void afterAnother() {
    boolean now;
    synchronized (this) {
      now = random != null && random.nextDouble() < AFTER_THE_NEXT;
    }
    if (now) {
      carryOutOne();
    }
  }

  /** Carries out the writes that are due, before the sink is read or written. */
  void carryOutDue() {
    List<Held> due;
    synchronized (this) {
      long now = System.nanoTime();
      due = held.stream().filter(one -> one.isDue(now)).toList();
      held.removeAll(due);
    }
    due.forEach(one -> one.write.run());
  }
}
