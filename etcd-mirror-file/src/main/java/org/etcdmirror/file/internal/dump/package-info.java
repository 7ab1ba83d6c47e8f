/** A dump as a whole: which files make a state, which indexes are recorded, who may write. */
@NullMarked
package org.etcdmirror.file.internal.dump;

import org.jspecify.annotations.NullMarked;
