/** Brings the sink level: reads the source, writes what differs, guards the deletes. */
@NullMarked
package org.etcdmirror.core.internal.resync;

import org.jspecify.annotations.NullMarked;
