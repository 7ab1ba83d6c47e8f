package org.etcdmirror.api;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A sink whose data can tell that it is the data which an index that is kept elsewhere belongs to.
 * With an index store that is {@linkplain IndexStore.Place#APART apart} only such a sink is
 * accepted: another, an empty or a restored sink under the same link is then a {@link
 * Gap.Reason#SINK_ROLLED_BACK}.
 *
 * <p>The engine calls both methods from one thread at a time, the one that applies.
 */
public interface IdentifiedSink extends EventSink {

  /**
   * What was written last; empty if the data has none. It is kept in the data: whatever takes the
   * data away, replaces it, or puts an older state of it back does the same to this. Asked at the
   * start and every few seconds while nothing is written.
   *
   * @throws IOException if it cannot be read now
   */
  Optional<SinkIdentity> identity() throws IOException, InterruptedException;

  /**
   * Replaces it; durable when this returns. Called before the store is saved, after everything
   * through the index was applied.
   *
   * @throws IOException if it may work later; either the old or the new one is kept then
   */
  void identify(SinkIdentity identity) throws IOException, InterruptedException;

  /**
   * How often it is written at most while events are applied; 10 seconds by default. A sink where
   * it costs nothing answers zero. A start goes on from the index that was written last, so the
   * events of this time may come again.
   */
  default Duration identityInterval() {
    return Duration.ofSeconds(10);
  }
}
