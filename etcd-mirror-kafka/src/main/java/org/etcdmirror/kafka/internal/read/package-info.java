/** Reads topics to their end under read_committed. */
@NullMarked
package org.etcdmirror.kafka.internal.read;

import org.jspecify.annotations.NullMarked;
