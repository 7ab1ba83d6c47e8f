package org.etcdmirror.simulation.life;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
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

  /** In half of all lives, one kind has this share. */
  private static final int OFTEN = 20;

  private final int share;

  Happening(int share) {
    this.share = share;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The shares in one life. */
  static Map<Happening, Integer> drawShares(Random random) {
    Map<Happening, Integer> shares = new EnumMap<>(Happening.class);
    for (Happening one : values()) {
      shares.put(one, one.share);
    }
    if (random.nextBoolean()) {
      Happening often = values()[random.nextInt(values().length)];
      shares.merge(often, OFTEN, Math::max);
    }
    return shares;
  }

  /** One of them, as often as its share says. */
  static Happening draw(Map<Happening, Integer> shares, Random random) {
    int dice = random.nextInt(shares.values().stream().mapToInt(Integer::intValue).sum());
    for (Map.Entry<Happening, Integer> entry : shares.entrySet()) {
      dice -= entry.getValue();
      if (dice < 0) {
        return entry.getKey();
      }
    }
    throw new IllegalStateException("no shares");
  }
}
