package org.etcdmirror.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.etcdmirror.soak.Fault.End;
import org.etcdmirror.soak.Fault.UnsuitableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries a schedule out, and ends each fault when its time has come. */
final class FaultRun {

  private static final Logger log = LoggerFactory.getLogger(FaultRun.class);
  private static final long LOOK_NANOS = Duration.ofMillis(50).toNanos();

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Stage stage;
  private final Tally tally;
  private final List<Open> open = new ArrayList<>();

  private record Open(Step step, long endNanos, End end) {}

  FaultRun(Stage stage, Tally tally) {
    this.stage = stage;
    this.tally = tally;
  }

  /** When this returns, no fault is left. */
  void perform(List<Step> schedule) throws Exception {
    for (Step step : schedule) {
      if (step.fault().isAlone()) {
        endAll();
      }
      if (!begin(step)) {
        continue;
      }
      await(step.fault().isAlone() ? step.hold() : step.pause());
      if (step.fault().isAlone()) {
        endAll();
      }
    }
    endAll();
  }

  private void await(Duration time) throws Exception {
    long start = System.nanoTime();
    while (System.nanoTime() - start < time.toNanos()) {
      endThose(fault -> System.nanoTime() - fault.endNanos() > 0);
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private void endAll() throws Exception {
    long start = System.nanoTime();
    while (!open.isEmpty()) {
      endThose(fault -> true);
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IllegalStateException("faults that cannot be ended: " + open);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Whether it has begun. */
  private boolean begin(Step step) throws InterruptedException {
    try {
      End end = step.fault().begin(stage, step);
      open.add(new Open(step, System.nanoTime() + step.hold().toNanos(), end));
      tally.count("faults", step.fault().name());
      return true;
    } catch (UnsuitableException e) {
      tally.count("faults that did not fit", step.fault().name());
      return false;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      // Another fault is in its way, for example the loss of the quorum.
      tally.count("faults that failed", step.fault().name());
      log.info("{} failed", step, e);
      return false;
    }
  }

  private void endThose(Predicate<Open> over) throws Exception {
    for (Open fault : open.stream().filter(over).toList()) {
      try {
        fault.end().run();
        open.remove(fault);
      } catch (IOException again) {
        // Another fault is in its way.
      }
    }
  }
}
