/** Benchmarks, each with a main method. Not published. */
@NullMarked
package org.etcdmirror.benchmarks;

import org.jspecify.annotations.NullMarked;
