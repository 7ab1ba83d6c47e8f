/** Meters and observations of a mirror for applications that use Micrometer. */
@NullMarked
package org.etcdmirror.core.micrometer;

import org.jspecify.annotations.NullMarked;
