/** Tells clusters apart that have one id, and ties an index to the data that it belongs to. */
@NullMarked
package org.etcdmirror.core.internal.identity;

import org.jspecify.annotations.NullMarked;
