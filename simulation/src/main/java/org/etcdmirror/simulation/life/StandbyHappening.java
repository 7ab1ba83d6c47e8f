package org.etcdmirror.simulation.life;

import java.util.Locale;
import java.util.Random;

/** What happens in one step of a life with standbys, each with its share of all steps. */
enum StandbyHappening {
  SOURCE_WRITTEN(45),
  SINK_WRITTEN_BESIDE(3),
  TIME_PASSES(25),
  BURST(5),
  CALLED_AT_ONCE(6),
  APPROVAL(8),
  KILLED(4),
  FROZEN(8),
  CUT_OFF(5),
  LEAD_LOST(3),
  CLOSED(4),
  HISTORY_LOST_AT_TAKEOVER(2),
  COMES_BACK(6),
  PAUSE(2),
  TROUBLE(4),
  CLOCK_STEPS(2),
  RIVAL(1),
  SINK_REPLACED(1),
  SOURCE_REPLACED(1);

  private final int share;

  StandbyHappening(int share) {
    this.share = share;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static Shares<StandbyHappening> drawShares(Random random) {
    return new Shares<>(random, values(), one -> one.share);
  }
}
