/** Programs that write to the source, each in a process of its own. */
@NullMarked
package org.etcdmirror.benchmarks.load;

import org.jspecify.annotations.NullMarked;
