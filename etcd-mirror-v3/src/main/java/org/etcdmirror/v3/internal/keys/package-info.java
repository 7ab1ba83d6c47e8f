/** Converts keys and ranges to their form on the wire. Sends nothing. */
@NullMarked
package org.etcdmirror.v3.internal.keys;

import org.jspecify.annotations.NullMarked;
