/** Writes transactions, and knows what each of them became. */
@NullMarked
package org.etcdmirror.kafka.internal.write;

import org.jspecify.annotations.NullMarked;
