package org.etcdmirror.simulation.life;

import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.etcdmirror.simulation.model.V3Cluster;
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

  private final Scheduler scheduler = Scheduler.current();
  private final V3Cluster source;
  private final Side sink;
  private final LongConsumer pass;

  /**
   * Of a link whose mirror runs and is level.
   *
   * @param pass lets so many nanoseconds pass
   */
  KeptLease(V3Cluster source, Side sink, LongConsumer pass) {
    this.source = source;
    this.sink = sink;
    this.pass = pass;
  }

  void run() {
    scheduler.note("a lease is kept alive");
    boolean unused = source.grant(LEASE, SECONDS);
    source.write(Map.of(KEY, "kept"), List.of(), LEASE);
    awaitCopy(true);
    for (int i = 0; i < 20 && !scheduler.hasFailed(); i++) {
      long left = source.keepAlive(LEASE);
      pass.accept(SECONDS * SECOND / 4);
      if (!isCopied()) {
        throw new SimulationException("a copy is gone whose lease is kept alive: " + left);
      }
    }
    awaitCopy(false);
  }

  private boolean isCopied() {
    return sink.values(List.of(LinkDesign.CONF)).containsKey(KEY);
  }

  private void awaitCopy(boolean there) {
    for (int i = 0; isCopied() != there && !scheduler.hasFailed(); i++) {
      if (i > PATIENCE) {
        throw new SimulationException(
            "a key on a lease is%s copied".formatted(there ? " not" : ""));
      }
      pass.accept(SECOND);
    }
  }
}
