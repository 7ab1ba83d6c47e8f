/**
 * The way of an event: the reader follows the source and maps its events, the applier takes them
 * from the queue, merges them and writes them to the sink.
 */
@NullMarked
package org.etcdmirror.core.internal.flow;

import org.jspecify.annotations.NullMarked;
