/** Walks two snapshots side by side and tells what differs. */
@NullMarked
package org.etcdmirror.core.internal.diff;

import org.jspecify.annotations.NullMarked;
