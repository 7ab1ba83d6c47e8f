/** The state that changes lead to, in key order and within a bounded memory. */
@NullMarked
package org.etcdmirror.file.internal.merge;

import org.jspecify.annotations.NullMarked;
