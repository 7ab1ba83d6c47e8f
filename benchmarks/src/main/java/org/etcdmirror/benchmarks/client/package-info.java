/** Bare clients of both APIs, for load and for the raw limit; they share none with the mirror. */
@NullMarked
package org.etcdmirror.benchmarks.client;

import org.jspecify.annotations.NullMarked;
