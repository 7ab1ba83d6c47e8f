@NullMarked
package org.etcdmirror.simulation.schedule;

import org.jspecify.annotations.NullMarked;
