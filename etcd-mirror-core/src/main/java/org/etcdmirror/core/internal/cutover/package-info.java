/** Ends a link for good, starts the link back, and refuses links that form a loop. */
@NullMarked
package org.etcdmirror.core.internal.cutover;

import org.jspecify.annotations.NullMarked;
