/** Draws the panels of the dashboard from a real incident, recorded by a real Prometheus. */
@NullMarked
package org.etcdmirror.benchmarks.dashboard;

import org.jspecify.annotations.NullMarked;
