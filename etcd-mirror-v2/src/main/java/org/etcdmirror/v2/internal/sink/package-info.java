/** Writes to etcd v2. */
@NullMarked
package org.etcdmirror.v2.internal.sink;

import org.jspecify.annotations.NullMarked;
