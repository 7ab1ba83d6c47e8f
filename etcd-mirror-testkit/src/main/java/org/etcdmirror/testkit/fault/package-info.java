/** Faults for tests: breaks TCP connections and gRPC calls, and kills processes. */
@NullMarked
package org.etcdmirror.testkit.fault;

import org.jspecify.annotations.NullMarked;
