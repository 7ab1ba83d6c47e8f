package org.etcdmirror.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.etcdmirror.soak.Fault.End;
import org.etcdmirror.soak.Fault.UnsuitableException;

/** Carries a schedule out, and ends each fault when its time has come. */
final class FaultRun {

  private static final long LOOK_NANOS = Duration.ofMillis(50).toNanos();

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
      begin(step);
      long next = System.nanoTime() + step.pause().toNanos();
      while (System.nanoTime() < next) {
        end(System.nanoTime());
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
    end(Long.MAX_VALUE);
  }

  private void begin(Step step) throws InterruptedException {
    try {
      End end = step.fault().begin(stage, step);
      open.add(new Open(step, System.nanoTime() + step.hold().toNanos(), end));
      tally.count("faults", step.fault().name());
    } catch (UnsuitableException e) {
      tally.count("faults that did not fit", step.fault().name());
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      // Another fault is in its way, for example the loss of the quorum.
      tally.count("faults that failed", step.fault().name());
    }
  }

  private void end(long now) throws Exception {
    for (Iterator<Open> each = open.iterator(); each.hasNext(); ) {
      Open fault = each.next();
      if (now == Long.MAX_VALUE || fault.endNanos() - now < 0) {
        each.remove();
        fault.end().run();
      }
    }
  }
}
