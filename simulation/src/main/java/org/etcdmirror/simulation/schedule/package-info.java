/** Threads, locks, queues and clocks of a simulated life: one thread runs at a time. */
@NullMarked
package org.etcdmirror.simulation.schedule;

import org.jspecify.annotations.NullMarked;
