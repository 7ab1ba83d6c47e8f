/** The files of a dump, as the operating system keeps them. */
@NullMarked
package org.etcdmirror.file.internal.disk;

import org.jspecify.annotations.NullMarked;
