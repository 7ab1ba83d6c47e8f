package org.etcdmirror.file.internal.dump;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much history is kept.
 *
 * @param keep each index of this time can be read; null for no limit by age
 * @param snapshots how many snapshots there are at most; null for no limit
 */
public record Limits(@Nullable Duration keep, @Nullable Integer snapshots) {}
