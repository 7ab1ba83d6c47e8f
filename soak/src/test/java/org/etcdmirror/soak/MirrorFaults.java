package org.etcdmirror.soak;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.soak.Fault.End;
import org.etcdmirror.soak.Fault.UnsuitableException;

/** What happens to the mirror's process. */
final class MirrorFaults {

  private static final Duration SECOND_PATIENCE = Duration.ofSeconds(60);

  private MirrorFaults() {}

  static End kill(Stage stage, Step step) throws Exception {
    met(stage, step).kill();
    return End.NOTHING;
  }

  static End stop(Stage stage, Step step) throws Exception {
    Instance stopped = met(stage, step);
    stopped.freeze(true);
    return () -> stopped.freeze(false);
  }

  /** Any one instance. */
  private static Instance met(Stage stage, Step step) {
    Instance instance = stage.mirrors().instance(step.member());
    stage.mirrors().met(instance, step.fault().name());
    return instance;
  }

  /** Up to 50 minutes to and fro; that is less than certificates of tests allow. */
  static End stepClock(Stage stage, Step step) throws Exception {
    MirrorClock clock =
        stage.clock().orElseThrow(() -> new UnsuitableException("the clock is not faked"));
    clock.set(Duration.ofMinutes(step.amount() - 50));
    return () -> clock.set(Duration.ZERO);
  }

  static End second(Stage stage, Step step) throws Exception {
    Mirrors mirrors = stage.mirrors();
    mirrors.startSecond();
    long start = System.nanoTime();
    return () -> {
      // On a busy machine, Java may start for longer than a fault lasts.
      if (System.nanoTime() - start < SECOND_PATIENCE.toNanos() && !mirrors.hasSecondTakenPart()) {
        throw new IOException("the second mirror has not come to its sink yet");
      }
      mirrors.killSecond();
    };
  }
}
