/**
 * etcd v3 over gRPC: a source, a sink that stores its index with the data, and the provider for
 * addresses of the form {@code v3:http://HOST:PORT,http://HOST:PORT}.
 */
@NullMarked
package org.etcdmirror.v3;

import org.jspecify.annotations.NullMarked;
