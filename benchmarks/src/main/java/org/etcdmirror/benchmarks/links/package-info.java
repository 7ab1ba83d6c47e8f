/** Many links in one process: what they cost, and how long they take to become level. */
@NullMarked
package org.etcdmirror.benchmarks.links;

import org.jspecify.annotations.NullMarked;
