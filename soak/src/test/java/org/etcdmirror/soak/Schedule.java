package org.etcdmirror.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Which fault comes when, drawn from the random numbers alone. */
final class Schedule {

  private Schedule() {}

  /** Steps that begin within a time. */
  static List<Step> draw(Random random, Duration length) {
    List<Step> steps = new ArrayList<>();
    Fault[] faults = Fault.values();
    Duration used = Duration.ZERO;
    while (used.compareTo(length) < 0) {
      Step step =
          new Step(
              steps.size(),
              faults[random.nextInt(faults.length)],
              random.nextBoolean(),
              random.nextInt(3),
              random.nextInt(100),
              Duration.ofMillis(500 + random.nextInt(7_500)),
              Duration.ofMillis(1_000 + random.nextInt(7_000)));
      steps.add(step);
      used = used.plus(step.pause());
    }
    return steps;
  }
}
