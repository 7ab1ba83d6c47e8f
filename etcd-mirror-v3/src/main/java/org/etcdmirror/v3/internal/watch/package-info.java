/**
 * Follows the events of etcd v3, and proves that none is missing. {@code V3EventStream} is the
 * entry; a trap of a single answer belongs to {@code client}.
 */
@NullMarked
package org.etcdmirror.v3.internal.watch;

import org.jspecify.annotations.NullMarked;
