package org.etcdmirror.core;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the source's history still reaches back to where the sink is: what is left before
 * stopping now would end in a gap.
 *
 * @param events how many more events the source may clear or compact before that. A young etcd v2
 *     cluster has yet to fill its 1000 events, and clears none until then
 * @param lasts how long that takes at the rate observed lately; null if none was cleared, or if
 *     there was no time to observe it
 */
public record Headroom(long events, @Nullable Duration lasts) {

  /** One line for a person. */
  public String describe() {
    return lasts == null
        ? events + " events of history left"
        : "%d events of history left, about %d s".formatted(events, lasts.toSeconds());
  }
}
