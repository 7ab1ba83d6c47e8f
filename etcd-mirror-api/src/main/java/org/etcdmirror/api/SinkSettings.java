package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SinkProvider} is told.
 *
 * @param address where the sink is
 * @param access who writes to it
 * @param checkpointKey the key that holds the index, in place of the one made from the link's name;
 *     null for that one
 * @param sourceKeyModel how the source names its keys, for a sink that can name them either way;
 *     null if that is not known
 */
public record SinkSettings(
    MirrorAddress address,
    Access access,
    @Nullable Bytes checkpointKey,
    @Nullable KeyModel sourceKeyModel) {

  /** Refuses nulls. */
  public SinkSettings {
    requireNonNull(address, "address");
    requireNonNull(access, "access");
  }

  /** For a source of which nothing is known. */
  public SinkSettings(MirrorAddress address, Access access, @Nullable Bytes checkpointKey) {
    this(address, access, checkpointKey, null);
  }
}
