/**
 * Two real clusters under faults with a mirror between them. {@code SoakTest} starts it, a {@code
 * Round} is one life of both clusters, a {@code Schedule} says which {@code Fault} comes when, and
 * {@code SinkReader} checks what the sink holds.
 */
@NullMarked
package org.etcdmirror.soak;

import org.jspecify.annotations.NullMarked;
