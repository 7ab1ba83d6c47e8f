/** Who asks etcd: user, password file and TLS, read anew when the files change. */
@NullMarked
package org.etcdmirror.api.tls;

import org.jspecify.annotations.NullMarked;
