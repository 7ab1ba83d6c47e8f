/**
 * Compares the keys that a write of unknown outcome may still change. The list of them is stored by
 * {@code checkpoint}.
 */
@NullMarked
package org.etcdmirror.core.internal.suspects;

import org.jspecify.annotations.NullMarked;
