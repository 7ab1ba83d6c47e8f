/** How far a link is, as the worker stores it: a checkpoint as a source offset. */
@NullMarked
package org.etcdmirror.kafka.connect.source.offset;

import org.jspecify.annotations.NullMarked;
