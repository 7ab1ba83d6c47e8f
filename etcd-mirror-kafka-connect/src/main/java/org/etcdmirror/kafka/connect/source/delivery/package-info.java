/** How batches get from the threads of the mirrors to the worker, and its confirmations back. */
@NullMarked
package org.etcdmirror.kafka.connect.source.delivery;

import org.jspecify.annotations.NullMarked;
