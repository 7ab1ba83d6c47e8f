/** Lives of mirrors: what happens to them, and what must be true at each step. */
@NullMarked
package org.etcdmirror.simulation.life;

import org.jspecify.annotations.NullMarked;
