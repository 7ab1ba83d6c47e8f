package org.etcdmirror.simulation;

import org.etcdmirror.simulation.KnownGuards.Line;
import org.etcdmirror.simulation.Simulation.Outcome;

/**
 * Takes out one guard of the mirror at a time. Shows which life finds the fault, and how soon:
 * {@code MOST_LIVES [TEXT_IN_GUARD]}. Exit 1 if one is not found.
 */
public final class GuardTrial {

  private GuardTrial() {}

  public static void main(String[] arguments) {
    int most = Integer.parseInt(arguments[0]);
    int missed = 0;
    for (Line line : KnownGuards.matching(arguments.length > 1 ? arguments[1] : "")) {
      if (!isFound(line, most)) {
        missed++;
      }
    }
    if (missed > 0) {
      System.out.printf("%d guards can be taken out unnoticed%n", missed);
      System.exit(1);
    }
  }

  private static boolean isFound(Line line, int most) {
    Simulation simulation = line.simulation();
    long began = System.nanoTime();
    for (long seed = 1; seed <= most; seed++) {
      Outcome outcome = simulation.live(seed);
      if (!outcome.isGood()) {
        System.out.printf(
            "%-90s life %4d, %5.1f s: %s%n",
            line.guard(),
            seed,
            (System.nanoTime() - began) / 1e9,
            outcome.failure().lines().findFirst().orElse(""));
        return true;
      }
    }
    System.out.printf(
        "%-90s NOT FOUND in %d lives, %.1f s%n",
        line.guard(), most, (System.nanoTime() - began) / 1e9);
    return false;
  }
}
