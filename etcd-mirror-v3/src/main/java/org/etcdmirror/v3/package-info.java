/** The place of the etcd v3 source, sink and index store, which are not built yet. */
@NullMarked
package org.etcdmirror.v3;

import org.jspecify.annotations.NullMarked;
