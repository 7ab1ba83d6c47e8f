/** What etcd v2's HTTP API says: paths, forms, JSON, indexes, errors. Sends nothing. */
@NullMarked
package org.etcdmirror.v2.internal.protocol;

import org.jspecify.annotations.NullMarked;
