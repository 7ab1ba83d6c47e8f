/** Starts and stops a mirror and owns its threads. The one package that knows all the others. */
@NullMarked
package org.etcdmirror.core.internal.lifecycle;

import org.jspecify.annotations.NullMarked;
