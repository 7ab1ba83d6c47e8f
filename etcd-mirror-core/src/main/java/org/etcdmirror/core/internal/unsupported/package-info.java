/** Finds the entries that a sink cannot hold, and leaves them out. */
@NullMarked
package org.etcdmirror.core.internal.unsupported;

import org.jspecify.annotations.NullMarked;
