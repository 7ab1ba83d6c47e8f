/**
 * Decides which keys are mirrored, maps their names, and reduces events to the last of each key.
 */
@NullMarked
package org.etcdmirror.core.internal.keys;

import org.jspecify.annotations.NullMarked;
