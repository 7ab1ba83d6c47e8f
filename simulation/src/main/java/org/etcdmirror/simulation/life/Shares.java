package org.etcdmirror.simulation.life;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.ToIntFunction;

/** What may happen in a step of one life, each with its share of all steps. */
final class Shares<H> {

  /** In half of all lives, one kind has this share. */
  private static final int OFTEN = 20;

  private final Map<H, Integer> shares = new LinkedHashMap<>();

  Shares(Random random, H[] kinds, ToIntFunction<H> share) {
    for (H kind : kinds) {
      shares.put(kind, share.applyAsInt(kind));
    }
    if (random.nextBoolean()) {
      H often = kinds[random.nextInt(kinds.length)];
      shares.merge(often, OFTEN, Math::max);
    }
  }

  /** One of them, as often as its share says. */
  H draw(Random random) {
    int dice = random.nextInt(shares.values().stream().mapToInt(Integer::intValue).sum());
    for (Map.Entry<H, Integer> entry : shares.entrySet()) {
      dice -= entry.getValue();
      if (dice < 0) {
        return entry.getKey();
      }
    }
    throw new IllegalStateException("no shares");
  }
}
