package org.etcdmirror.api;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A sink whose data has an identity, so that an index that is kept elsewhere can be tied to it. An
 * index store that is {@linkplain IndexStore.Place#APART apart} needs such a sink. If the link then
 * finds another, an empty or a restored sink, that is a gap {@link Gap.Reason#SINK_ROLLED_BACK}.
 *
 * <p>The engine calls both methods from the thread that applies.
 */
public interface IdentifiedSink extends EventSink {

  /**
   * Returns the identity that was written last; empty if the data has none. It is part of the data:
   * if the data is wiped, replaced or restored, so is the identity. Called at the start and every
   * few seconds while nothing is written.
   *
   * @throws IOException if it cannot be read now
   */
  Optional<SinkIdentity> identity() throws IOException, InterruptedException;

  /**
   * Replaces the identity. It is durable when this returns. Called before the store is saved, after
   * everything through the index was applied.
   *
   * @throws IOException if it may work later; either the old or the new identity is then stored
   */
  void identify(SinkIdentity identity) throws IOException, InterruptedException;

  /**
   * Returns the shortest time between two writes of the identity while events are applied. 10
   * seconds by default; zero if a write costs nothing. A start continues from the index that was
   * written last, so the events of this time may come again.
   */
  default Duration identityInterval() {
    return Duration.ofSeconds(10);
  }
}
