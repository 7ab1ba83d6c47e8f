/** Compares source and sink: plans and verifications, which change nothing. */
@NullMarked
package org.etcdmirror.core.internal.verify;

import org.jspecify.annotations.NullMarked;
