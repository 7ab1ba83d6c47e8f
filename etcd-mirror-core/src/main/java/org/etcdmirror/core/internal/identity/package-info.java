/** Distinguishes clusters that have the same id, and ties an index to the data it belongs to. */
@NullMarked
package org.etcdmirror.core.internal.identity;

import org.jspecify.annotations.NullMarked;
