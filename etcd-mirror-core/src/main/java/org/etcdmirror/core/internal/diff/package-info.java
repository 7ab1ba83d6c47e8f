/** Walks two snapshots side by side and reports what differs. Writes nothing. */
@NullMarked
package org.etcdmirror.core.internal.diff;

import org.jspecify.annotations.NullMarked;
