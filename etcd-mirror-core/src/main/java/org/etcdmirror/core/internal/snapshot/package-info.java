/** Wraps snapshots: reads them in chunks, at a limited rate, or only at some keys. */
@NullMarked
package org.etcdmirror.core.internal.snapshot;

import org.jspecify.annotations.NullMarked;
