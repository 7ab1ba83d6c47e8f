/** Breaks what a test talks to: TCP connections, gRPC calls and processes. */
@NullMarked
package org.etcdmirror.testkit.fault;

import org.jspecify.annotations.NullMarked;
