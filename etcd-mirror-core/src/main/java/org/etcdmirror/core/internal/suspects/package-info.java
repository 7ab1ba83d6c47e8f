/** Compares the keys that a write of unknown outcome may still change. */
@NullMarked
package org.etcdmirror.core.internal.suspects;

import org.jspecify.annotations.NullMarked;
