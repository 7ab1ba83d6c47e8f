package org.etcdmirror.v2.internal.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One event of a watch.
 *
 * @param action what was done
 * @param node the node it was done to; a file that exists after the event has its value
 * @param prevNode the node before it, if there was one
 */
public record V2Event(V2Action action, V2Node node, @Nullable V2Node prevNode) {}
