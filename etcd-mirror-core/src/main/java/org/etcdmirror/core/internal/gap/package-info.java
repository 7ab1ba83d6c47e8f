/** Finds gaps, asks the policy, and has them closed by a resync or skipped. */
@NullMarked
package org.etcdmirror.core.internal.gap;

import org.jspecify.annotations.NullMarked;
