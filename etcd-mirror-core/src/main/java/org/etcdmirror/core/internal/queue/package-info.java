/** The queue between reader and applier, and the work that it holds. */
@NullMarked
package org.etcdmirror.core.internal.queue;

import org.jspecify.annotations.NullMarked;
