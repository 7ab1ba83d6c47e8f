/** Reads trees of keys as snapshots. Follows no events: {@code watch} does. */
@NullMarked
package org.etcdmirror.v2.internal.read;

import org.jspecify.annotations.NullMarked;
