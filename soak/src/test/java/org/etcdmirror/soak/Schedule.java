package org.etcdmirror.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Which fault comes when, drawn from the random numbers alone. */
final class Schedule {

  /** A fault of a leader is that much more frequent than others. */
  private static final int TIMES_AS_OFTEN = 2;

  private Schedule() {}

  /** Steps that begin within a time, with faults of a leader if there is a standby. */
  static List<Step> draw(Random random, Duration length, boolean standby) {
    List<Step> steps = new ArrayList<>();
    List<Fault> faults = new ArrayList<>(Fault.OF_ANY);
    for (int i = 0; standby && i < TIMES_AS_OFTEN; i++) {
      faults.addAll(Fault.OF_A_LEADER);
    }
    Duration used = Duration.ZERO;
    while (used.compareTo(length) < 0) {
      Step step =
          new Step(
              steps.size(),
              faults.get(random.nextInt(faults.size())),
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
