/** Calls etcd v3 over gRPC: endpoints, TLS, login, errors. */
@NullMarked
package org.etcdmirror.v3.internal.client;

import org.jspecify.annotations.NullMarked;
