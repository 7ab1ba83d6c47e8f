/** Writes down each change that the sink confirmed. */
@NullMarked
package org.etcdmirror.service.audit;

import org.jspecify.annotations.NullMarked;
