package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SinkProvider} is told.
 *
 * @param address where the sink is
 * @param access who writes to it
 * @param prefixes the prefixes in the sink that the mirror owns; nothing outside them is touched
 * @param link the name that the link's index is kept under, if it is kept in the sink; null if it
 *     is kept elsewhere
 * @param checkpointKey the key that holds the index, in place of the one made from {@code link};
 *     null for that one
 */
public record SinkSettings(
    MirrorAddress address,
    Access access,
    List<Bytes> prefixes,
    @Nullable String link,
    @Nullable Bytes checkpointKey) {

  /** Copies the list; refuses nulls. */
  public SinkSettings {
    requireNonNull(address, "address");
    requireNonNull(access, "access");
    prefixes = List.copyOf(prefixes);
  }
}
