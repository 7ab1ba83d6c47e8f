/** What the files of a dump consist of: headers, frames, changes and commits, as bytes. */
@NullMarked
package org.etcdmirror.file.internal.format;

import org.jspecify.annotations.NullMarked;
