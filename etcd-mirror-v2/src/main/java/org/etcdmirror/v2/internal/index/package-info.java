/** Keeps a checkpoint in etcd v2. */
@NullMarked
package org.etcdmirror.v2.internal.index;

import org.jspecify.annotations.NullMarked;
