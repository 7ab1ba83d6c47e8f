package org.etcdmirror.kafka.internal.state;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the topic of the state held when it was read or written.
 *
 * @param state the last committed state; null if there is none
 * @param at where it lies; -1 if there is none
 */
public record Seen(@Nullable StoredState state, long at) {

  /** An empty topic, or none. */
  public static final Seen NOTHING = new Seen(null, -1);

  /** The fence. */
  public Version version() {
    return state == null ? Version.NONE : state.version();
  }

  /** The state, if there is one. */
  public Optional<StoredState> stored() {
    return Optional.ofNullable(state);
  }
}
