/** Writes batches to etcd v2, many requests at a time. The checkpoint is in {@code index}. */
@NullMarked
package org.etcdmirror.v2.internal.sink;

import org.jspecify.annotations.NullMarked;
