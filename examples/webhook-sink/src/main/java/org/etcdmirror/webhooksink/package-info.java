/** A sink that posts events to an HTTP server. */
@NullMarked
package org.etcdmirror.webhooksink;

import org.jspecify.annotations.NullMarked;
