package org.etcdmirror.simulation.life;

import java.util.Locale;
import java.util.Random;

/** What happens in one step of a life, each with its share of all steps. */
enum Happening {
  SOURCE_WRITTEN(45),
  SINK_WRITTEN_BESIDE(5),
  TIME_PASSES(25),
  BURST(5),
  CALLED_AT_ONCE(6),
  APPROVAL(8),
  CRASH(4),
  GAP(2),
  CLOSE(3),
  PAUSE(2),
  TROUBLE(4),
  CLOCK_STEPS(2),
  RIVAL(1),
  SINK_REPLACED(1),
  SOURCE_REPLACED(1);

  private final int share;

  Happening(int share) {
    this.share = share;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static Shares<Happening> drawShares(Random random) {
    return new Shares<>(random, values(), one -> one.share);
  }
}
