/** The log of changes: reads its groups, and distinguishes a torn end from damage. */
@NullMarked
package org.etcdmirror.file.internal.log;

import org.jspecify.annotations.NullMarked;
