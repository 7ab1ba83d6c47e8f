/** Finds out how a cluster is set up, without changing a key. */
@NullMarked
package org.etcdmirror.v2.internal.inspect;

import org.jspecify.annotations.NullMarked;
