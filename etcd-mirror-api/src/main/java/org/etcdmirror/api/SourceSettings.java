package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SourceProvider} is told.
 *
 * @param address where the source is
 * @param access who reads it
 * @param catchUpWatches the most watches that read a long history side by side, at least 1; null
 *     for the source's default; a source that cannot do so ignores it
 * @param at the index at which a {@linkplain SourceProvider#isRecording recording} is read; null
 *     for the newest
 */
public record SourceSettings(
    MirrorAddress address, Access access, @Nullable Integer catchUpWatches, @Nullable Long at) {

  /** Refuses nulls. */
  public SourceSettings {
    requireNonNull(address, "address");
    requireNonNull(access, "access");
  }

  /** The newest index. */
  public SourceSettings(MirrorAddress address, Access access, @Nullable Integer catchUpWatches) {
    this(address, access, catchUpWatches, null);
  }

  /** The source's defaults in all else. */
  public SourceSettings(MirrorAddress address, Access access) {
    this(address, access, null, null);
  }
}
