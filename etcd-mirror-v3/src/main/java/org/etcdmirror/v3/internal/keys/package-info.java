/** The names of keys and ranges of keys on the wire. */
@NullMarked
package org.etcdmirror.v3.internal.keys;

import org.jspecify.annotations.NullMarked;
