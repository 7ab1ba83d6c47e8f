/** Follows the events of etcd v3, and proves that none is missing. */
@NullMarked
package org.etcdmirror.v3.internal.watch;

import org.jspecify.annotations.NullMarked;
