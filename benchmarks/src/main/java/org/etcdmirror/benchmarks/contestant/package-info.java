/** The programs that are compared, and the servers between which they run. */
@NullMarked
package org.etcdmirror.benchmarks.contestant;

import org.jspecify.annotations.NullMarked;
