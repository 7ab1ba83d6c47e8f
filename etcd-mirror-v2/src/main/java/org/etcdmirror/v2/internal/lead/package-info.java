/** Lets one of several mirrors of a link lead, by a key with a time to live. */
@NullMarked
package org.etcdmirror.v2.internal.lead;

import org.jspecify.annotations.NullMarked;
