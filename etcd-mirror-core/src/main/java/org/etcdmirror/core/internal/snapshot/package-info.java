/** Snapshots that read another one: in chunks, at a limited rate, or at some keys. */
@NullMarked
package org.etcdmirror.core.internal.snapshot;

import org.jspecify.annotations.NullMarked;
