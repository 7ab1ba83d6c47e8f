/**
 * Sends requests to the endpoints in turn and decides what their answers and failures mean:
 * refused, to be repeated elsewhere, or of unknown outcome. Streams of events are in {@code watch}.
 */
@NullMarked
package org.etcdmirror.v2.internal.client;

import org.jspecify.annotations.NullMarked;
