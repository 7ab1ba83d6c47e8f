package org.etcdmirror.simulation.life;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.etcdmirror.simulation.schedule.SimulationException;

/** The calls that have not returned yet. Each must, in its time, unless its process is killed. */
final class OpenCalls {

  /**
   * A call, and when it must have returned.
   *
   * @param stoodStill for how long the process was frozen before
   */
  record Call(String what, SimulatedProcess process, long began, long due, long stoodStill) {

    long dueAfterFreezes() {
      return due + process.stoodStill() - stoodStill;
    }
  }

  private final Scheduler scheduler = Scheduler.current();
  private final List<Call> open = new ArrayList<>();

  Call begin(String what, SimulatedProcess process, long limit) {
    long now = scheduler.now();
    Call call = new Call(what, process, now, scheduler.after(limit), process.stoodStill());
    open.add(call);
    return call;
  }

  void end(Call call) {
    open.remove(call);
    requireInTime(call);
  }

  /** Requires that no call lasts too long. */
  void check() {
    List.copyOf(open).forEach(this::requireInTime);
  }

  private void requireInTime(Call call) {
    if (scheduler.now() > call.dueAfterFreezes() && !call.process().isKilled()) {
      throw new SimulationException(
          "lasts too long: %s of %s, %.1f s"
              .formatted(
                  call.what(),
                  call.process(),
                  (scheduler.now() - call.began()) / (double) LinkLife.SECOND));
    }
  }
}
