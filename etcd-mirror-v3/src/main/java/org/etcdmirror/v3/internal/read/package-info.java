/** Reads ranges of keys, leases and stored links. */
@NullMarked
package org.etcdmirror.v3.internal.read;

import org.jspecify.annotations.NullMarked;
