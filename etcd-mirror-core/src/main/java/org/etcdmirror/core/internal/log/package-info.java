/** The names of what the engine logs. */
@NullMarked
package org.etcdmirror.core.internal.log;

import org.jspecify.annotations.NullMarked;
