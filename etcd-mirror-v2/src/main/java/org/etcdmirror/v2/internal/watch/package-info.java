/**
 * Follows the events of etcd v2, and proves that none is missing. {@code WatchFollower} is the
 * entry; a trap of a single answer belongs to {@code client}.
 */
@NullMarked
package org.etcdmirror.v2.internal.watch;

import org.jspecify.annotations.NullMarked;
