/** An entry as a record of a topic. */
@NullMarked
package org.etcdmirror.kafka.internal.record;

import org.jspecify.annotations.NullMarked;
