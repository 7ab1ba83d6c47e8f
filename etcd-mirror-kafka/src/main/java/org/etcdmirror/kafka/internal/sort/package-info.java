/** Sorts what a topic holds within a bounded memory. */
@NullMarked
package org.etcdmirror.kafka.internal.sort;

import org.jspecify.annotations.NullMarked;
