/** The sink of a mirror of the source connector: what it writes goes to the worker. */
@NullMarked
package org.etcdmirror.kafka.connect.source.sink;

import org.jspecify.annotations.NullMarked;
