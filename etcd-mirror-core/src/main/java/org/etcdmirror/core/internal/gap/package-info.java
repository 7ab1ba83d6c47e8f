/**
 * Finds gaps, asks the recovery policy, and closes them by a resync or a skip. How a resync reads
 * and writes is in {@code resync}.
 */
@NullMarked
package org.etcdmirror.core.internal.gap;

import org.jspecify.annotations.NullMarked;
