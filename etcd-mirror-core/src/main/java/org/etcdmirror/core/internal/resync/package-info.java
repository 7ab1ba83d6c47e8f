/**
 * Brings the sink level: reads the source, writes what differs, guards the deletes. Whether a
 * resync is needed is decided in {@code gap}.
 */
@NullMarked
package org.etcdmirror.core.internal.resync;

import org.jspecify.annotations.NullMarked;
