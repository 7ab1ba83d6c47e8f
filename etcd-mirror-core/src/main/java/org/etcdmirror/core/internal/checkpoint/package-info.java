/**
 * Stores the index that the sink has reached, and the notes that the next run needs. While a mirror
 * runs, {@code CheckpointKeeper} alone writes to its index store.
 */
@NullMarked
package org.etcdmirror.core.internal.checkpoint;

import org.jspecify.annotations.NullMarked;
