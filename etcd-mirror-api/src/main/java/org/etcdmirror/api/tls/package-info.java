/** Access to etcd: user, password file and TLS. Files are read again when they change. */
@NullMarked
package org.etcdmirror.api.tls;

import org.jspecify.annotations.NullMarked;
