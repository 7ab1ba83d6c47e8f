/** Stores how far the sink is, and the notes that the next run needs. */
@NullMarked
package org.etcdmirror.core.internal.checkpoint;

import org.jspecify.annotations.NullMarked;
