/** Sends requests to etcd v2 and reads the answers: endpoints, TLS, JSON, errors. */
@NullMarked
package org.etcdmirror.v2.internal.client;

import org.jspecify.annotations.NullMarked;
