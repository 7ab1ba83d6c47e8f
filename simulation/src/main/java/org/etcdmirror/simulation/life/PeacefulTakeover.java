package org.etcdmirror.simulation.life;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.simulation.model.Network;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;

/**
 * The leader of a link at peace ends, stands still or is cut off from the sink, and the source
 * forgets its history as soon as the standbys have it. A warm standby then leads in time, without a
 * resync.
 */
final class PeacefulTakeover {

  private static final long SECOND = LinkLife.SECOND;
  private static final long LOOK = SECOND / 10;

  /** Beyond the term: a few requests on a slow line. */
  private static final long SLACK = 7 * SECOND;

  private static final int MOST_WRITES = 20;

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final Network network;
  private final Side source;
  private final LinkMembers members;
  private final Duration term;
  private final LongConsumer pass;

  /**
   * Of members of which one leads, with the others warm.
   *
   * @param pass lets so many nanoseconds pass
   */
  PeacefulTakeover(
      Random random,
      Network network,
      Side source,
      LinkMembers members,
      Duration term,
      LongConsumer pass) {
    this.random = random;
    this.network = network;
    this.source = source;
    this.members = members;
    this.term = term;
    this.pass = pass;
  }

  void run() {
    LinkProcess former = members.leaders().get(0);
    boolean atOnce = end(former);
    long due = scheduler.after(SLACK + (atOnce ? 0 : term.toNanos()));
    for (int i = random.nextInt(MOST_WRITES); i > 0; i--) {
      source.write();
    }
    forgetHistoryOnceSeen(former);
    source.writeLast();
    requireNoResync(former, awaitLeader(former, due));
  }

  /** Whether the lead is free at once. */
  private boolean end(LinkProcess leader) {
    long longer = term.multipliedBy(2).toNanos() + SLACK;
    int dice = random.nextInt(4);
    switch (dice) {
      case 0 -> members.close(leader);
      case 1 -> members.kill(leader);
      case 2 -> scheduler.freeze(leader.process(), longer);
      default -> network.cutOff(leader.process(), "sink", longer);
    }
    return dice == 0;
  }

  private List<LinkProcess> others(LinkProcess former) {
    return members.awake().stream().filter(one -> one != former).toList();
  }

  private void forgetHistoryOnceSeen(LinkProcess former) {
    for (int i = 0; i < 20 && !scheduler.hasFailed(); i++) {
      boolean seen =
          others(former).stream()
              .allMatch(one -> received(LinkMembers.status(one)) >= source.index());
      if (seen) {
        source.forgetHistory();
        return;
      }
      pass.accept(LOOK);
    }
  }

  /** A leader knows the head of the source before the events have come. */
  private static long received(MirrorStatus of) {
    return of.state() == MirrorState.STANDBY ? of.sourceIndex() : of.index();
  }

  private LinkProcess awaitLeader(LinkProcess former, long due) {
    while (true) {
      for (LinkProcess one : members.leaders()) {
        if (one != former) {
          return one;
        }
      }
      if (scheduler.now() > due || scheduler.hasFailed()) {
        throw new SimulationException("no standby leads in time:" + members.describe());
      }
      pass.accept(LOOK);
    }
  }

  private void requireNoResync(LinkProcess former, LinkProcess first) {
    LinkProcess leader = first;
    long deadline = scheduler.after(60 * SECOND);
    while (!scheduler.hasFailed()) {
      if (!members.leaders().contains(leader)) {
        // A slow line cost it a short term.
        leader = awaitLeader(former, scheduler.after(SLACK + term.toNanos()));
      }
      MirrorStatus now = LinkMembers.status(leader);
      if (now.counters().gaps() > 0 || now.counters().resyncs() > 0) {
        throw new SimulationException("a warm standby took over by a resync: " + now);
      }
      if (now.caughtUp() && now.index() >= source.index()) {
        return;
      }
      if (scheduler.now() > deadline) {
        throw new SimulationException("a standby took over and is not level: " + now);
      }
      pass.accept(LOOK);
    }
  }
}
