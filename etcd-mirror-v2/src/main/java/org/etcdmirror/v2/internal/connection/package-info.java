/** Connects to the endpoints: sockets, TLS, time-outs. Knows no request. */
@NullMarked
package org.etcdmirror.v2.internal.connection;

import org.jspecify.annotations.NullMarked;
