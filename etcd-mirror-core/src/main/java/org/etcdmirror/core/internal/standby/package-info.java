/** Follows a source in memory while another member of the link leads. Writes nothing. */
@NullMarked
package org.etcdmirror.core.internal.standby;

import org.jspecify.annotations.NullMarked;
