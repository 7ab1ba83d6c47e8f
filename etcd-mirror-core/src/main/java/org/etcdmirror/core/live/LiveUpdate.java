package org.etcdmirror.core.live;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * The difference between two states of a {@link LiveMap}. Each state is one that the source had.
 *
 * @param before the state that the last update ended with; empty for the first one
 * @param after the state now
 * @param changes the keys whose values are not equal, in key order; at least one
 */
public record LiveUpdate<V>(LiveView<V> before, LiveView<V> after, List<LiveChange<V>> changes) {

  /** Copies the list. */
  public LiveUpdate {
    requireNonNull(before, "before");
    requireNonNull(after, "after");
    changes = List.copyOf(changes);
  }
}
