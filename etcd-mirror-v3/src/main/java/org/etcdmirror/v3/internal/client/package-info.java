/**
 * Calls etcd v3 over gRPC: endpoints, TLS, login, and what an answer or an error means. Streams of
 * events are in {@code watch}.
 */
@NullMarked
package org.etcdmirror.v3.internal.client;

import org.jspecify.annotations.NullMarked;
