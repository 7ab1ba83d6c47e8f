/** Sends requests and decides what their answers and failures mean. */
@NullMarked
package org.etcdmirror.v2.internal.client;

import org.jspecify.annotations.NullMarked;
