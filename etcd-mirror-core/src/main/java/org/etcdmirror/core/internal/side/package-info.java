/** Names the side on which a call failed: stands once before source, sink and index store. */
@NullMarked
package org.etcdmirror.core.internal.side;

import org.jspecify.annotations.NullMarked;
