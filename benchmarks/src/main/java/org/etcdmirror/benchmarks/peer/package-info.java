/** Programs to compare with: the raw limit of each API, and a serial loop of long polls. */
@NullMarked
package org.etcdmirror.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
