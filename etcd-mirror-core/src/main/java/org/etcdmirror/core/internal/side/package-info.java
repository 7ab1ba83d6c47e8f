/** Wraps source, sink and index store, so that an error names the side on which a call failed. */
@NullMarked
package org.etcdmirror.core.internal.side;

import org.jspecify.annotations.NullMarked;
