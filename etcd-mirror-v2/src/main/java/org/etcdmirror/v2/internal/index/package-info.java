/** Stores checkpoints in etcd v2, and finds those of other links. Writes no data. */
@NullMarked
package org.etcdmirror.v2.internal.index;

import org.jspecify.annotations.NullMarked;
