/** The index stores and the sink that the engine ships: a file, and memory. */
@NullMarked
package org.etcdmirror.core.store;

import org.jspecify.annotations.NullMarked;
