/** Programs that a benchmark starts, and what they use of the machine. */
@NullMarked
package org.etcdmirror.benchmarks.process;

import org.jspecify.annotations.NullMarked;
