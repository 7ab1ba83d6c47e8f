/** Reads ranges of keys, leases and stored links. Follows no events: {@code watch} does. */
@NullMarked
package org.etcdmirror.v3.internal.read;

import org.jspecify.annotations.NullMarked;
