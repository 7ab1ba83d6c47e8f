/** The etcd v3 source, sink and index store, over gRPC. */
@NullMarked
package org.etcdmirror.v3;

import org.jspecify.annotations.NullMarked;
