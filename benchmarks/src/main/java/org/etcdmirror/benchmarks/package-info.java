/**
 * Measures the service side by side with others; not published. {@code Benchmark} starts it, {@code
 * Suite} has the workloads, and {@code Turns} lets the contestants take turns.
 */
@NullMarked
package org.etcdmirror.benchmarks;

import org.jspecify.annotations.NullMarked;
