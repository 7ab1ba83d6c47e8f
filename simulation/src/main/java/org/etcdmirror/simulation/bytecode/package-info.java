/** Rewrites the classes of a mirror so that they run in simulated time. */
@NullMarked
package org.etcdmirror.simulation.bytecode;

import org.jspecify.annotations.NullMarked;
