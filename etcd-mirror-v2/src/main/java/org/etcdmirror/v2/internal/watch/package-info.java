/** Follows the events of etcd v2, and proves that none is missing. */
@NullMarked
package org.etcdmirror.v2.internal.watch;

import org.jspecify.annotations.NullMarked;
