package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import org.etcdmirror.api.tls.Access;

/**
 * What a {@link SourceProvider} is told.
 *
 * @param address where the source is
 * @param access who reads it
 */
public record SourceSettings(MirrorAddress address, Access access) {

  /** Refuses nulls. */
  public SourceSettings {
    requireNonNull(address, "address");
    requireNonNull(access, "access");
  }
}
