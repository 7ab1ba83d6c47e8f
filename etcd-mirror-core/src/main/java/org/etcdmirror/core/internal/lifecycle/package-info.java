/** Starts and stops a mirror and owns its threads. Only this package knows all the others. */
@NullMarked
package org.etcdmirror.core.internal.lifecycle;

import org.jspecify.annotations.NullMarked;
