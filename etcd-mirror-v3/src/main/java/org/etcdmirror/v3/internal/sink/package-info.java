/** Writes data and checkpoint to etcd v3: transactions, the fence, leases. */
@NullMarked
package org.etcdmirror.v3.internal.sink;

import org.jspecify.annotations.NullMarked;
