package org.etcdmirror.simulation.model;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulatedProcess;

/** Does things at their times, one after another, on a thread of its own. */
final class Agenda {

  private record Entry(long due, long number, Runnable task) {}

  private final Scheduler scheduler;
  private final PriorityQueue<Entry> entries =
      new PriorityQueue<>(Comparator.comparingLong(Entry::due).thenComparingLong(Entry::number));
  private long number;
  private boolean ended;

  Agenda(Scheduler scheduler, SimulatedProcess process, String name) {
    this.scheduler = scheduler;
    scheduler.start(process, name, this::work);
  }

  /** At this time or soon after it. Entries of one time keep their order. */
  void at(long due, Runnable task) {
    entries.add(new Entry(due, number++, task));
  }

  void end() {
    ended = true;
  }

  private void work() {
    while (!ended) {
      Entry next = entries.peek();
      if (next == null) {
        boolean unused = scheduler.waitFor(() -> ended || !entries.isEmpty(), Scheduler.NEVER);
      } else if (next.due() > scheduler.now()) {
        boolean unused = scheduler.waitFor(() -> ended || !next.equals(entries.peek()), next.due());
      } else {
        entries.remove(next);
        next.task().run();
        scheduler.maySwitch();
      }
    }
  }
}
