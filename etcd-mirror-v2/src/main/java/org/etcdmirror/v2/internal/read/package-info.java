/** Reads trees of keys. */
@NullMarked
package org.etcdmirror.v2.internal.read;

import org.jspecify.annotations.NullMarked;
