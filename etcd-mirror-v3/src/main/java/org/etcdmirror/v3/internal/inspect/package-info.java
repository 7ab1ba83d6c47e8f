/** Finds out how a cluster is set up, without changing a key. */
@NullMarked
package org.etcdmirror.v3.internal.inspect;

import org.jspecify.annotations.NullMarked;
