package org.etcdmirror.core.live;

import java.util.Optional;

/**
 * Decides what a {@link LiveMap} holds at a key whose value cannot be decoded. In each case {@link
 * LiveView#undecodable()} names the key.
 *
 * <ul>
 *   <li>Empty: the key is absent. This is the default, which also logs a warning.
 *   <li>A value: the map holds that. {@code bad -> Optional.ofNullable(bad.previous())} keeps the
 *       old value, but the map then depends on its past: after a restart there is no old value.
 *   <li>It throws: the mirror fails, and the map stays as it was before this value.
 * </ul>
 *
 * Called by the thread that calls the {@link Decoder}, so it must be quick.
 */
@FunctionalInterface
public interface UndecodableHandler<V> {

  /** Returns what the map holds in place of the undecodable value. */
  Optional<V> instead(Undecodable<V> bad);
}
