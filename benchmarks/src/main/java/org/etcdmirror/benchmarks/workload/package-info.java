/** What is measured, and how. */
@NullMarked
package org.etcdmirror.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
