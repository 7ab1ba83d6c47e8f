package org.etcdmirror.simulation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.etcdmirror.simulation.Simulation.Outcome;
import org.etcdmirror.simulation.bytecode.Guards;
import org.etcdmirror.simulation.bytecode.Guards.Guard;

/**
 * Takes out one guard of the mirror at a time. Shows which life finds the fault, and how soon:
 * {@code MOST_LIVES [TEXT_IN_GUARD]}. Exit 1 if one is not found.
 */
public final class GuardTrial {

  /** One line of {@code guards.txt}. */
  private record Line(String life, Guard guard) {
    static Line parse(String text) {
      int blank = text.indexOf(' ');
      return new Line(text.substring(0, blank), Guard.parse(text.substring(blank + 1)));
    }
  }

  private GuardTrial() {}

  private static List<Line> lines() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(GuardTrial.class.getResourceAsStream("/guards.txt")),
                StandardCharsets.UTF_8))) {
      return in.lines().filter(line -> !line.startsWith("#")).map(Line::parse).toList();
    }
  }

  public static void main(String[] arguments) throws IOException {
    int most = Integer.parseInt(arguments[0]);
    int missed = 0;
    for (Line line : lines()) {
      if (arguments.length > 1 && !line.guard().toString().contains(arguments[1])) {
        continue;
      }
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
    Simulation simulation = new Simulation(line.life(), new Guards(List.of(line.guard())));
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
