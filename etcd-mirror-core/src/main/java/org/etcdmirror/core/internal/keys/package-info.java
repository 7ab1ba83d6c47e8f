/** Keys: which are mirrored, their names on the other side, and the reduction of events by key. */
@NullMarked
package org.etcdmirror.core.internal.keys;

import org.jspecify.annotations.NullMarked;
