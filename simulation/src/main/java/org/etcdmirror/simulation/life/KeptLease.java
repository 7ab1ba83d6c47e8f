package org.etcdmirror.simulation.life;

import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;

/**
 * A client of a v3 source that keeps a lease alive. Where expiries are copied, the copy of its key
 * must not go, until nothing keeps the lease alive any more.
 */
final class KeptLease {

  private static final long SECOND = LinkLife.SECOND;
  private static final String KEY = LinkDesign.CONF + "/kept";
  private static final long LEASE = 77;
  private static final int SECONDS = 30;
  private static final int PATIENCE = 300;

  private static final long PAUSE = SECONDS * SECOND / 4;

  private final Scheduler scheduler = Scheduler.current();
  private final V3Side source;
  private final Side sink;
  private final LongConsumer pass;
  private long keptAt;

  /**
   * Of a link whose mirror runs and is level.
   *
   * @param pass lets so many nanoseconds pass
   */
  KeptLease(V3Side source, Side sink, LongConsumer pass) {
    this.source = source;
    this.sink = sink;
    this.pass = pass;
  }

  void run() {
    begin();
    keep(20);
    end();
  }

  /** Puts the key on the lease, and waits for its copy. */
  void begin() {
    scheduler.note("a lease is kept alive");
    boolean unused = source.cluster().grant(LEASE, SECONDS);
    source.cluster().write(Map.of(KEY, "kept"), List.of(), LEASE);
    keptAt = scheduler.now();
    awaitCopy(true);
  }

  /** The client goes on for a while, in which nothing else need happen. */
  void keep(int times) {
    for (int i = 0; i < times && !scheduler.hasFailed(); i++) {
      pass(PAUSE);
    }
  }

  /** Lets so many nanoseconds pass, in which the client goes on. */
  void pass(long nanos) {
    if (scheduler.now() - keptAt >= PAUSE) {
      keptAt = scheduler.now();
      scheduler.note("kept alive: " + source.cluster().keepAlive(LEASE));
    }
    pass.accept(nanos);
    // Another client may have deleted the key.
    if (isIn(source) && !isIn(sink)) {
      throw new SimulationException("a copy is gone whose lease is kept alive");
    }
  }

  /** The client ends, and its key goes. */
  void end() {
    awaitCopy(false);
  }

  private static boolean isIn(Side side) {
    return side.values(List.of(LinkDesign.CONF)).containsKey(KEY);
  }

  private void awaitCopy(boolean there) {
    for (int i = 0; isIn(sink) != there && !scheduler.hasFailed(); i++) {
      if (i > PATIENCE) {
        throw new SimulationException(
            "a key on a lease is%s copied".formatted(there ? " not" : ""));
      }
      pass.accept(SECOND);
    }
  }
}
