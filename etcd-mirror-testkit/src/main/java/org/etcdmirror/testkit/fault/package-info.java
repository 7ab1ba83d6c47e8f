/** A TCP proxy that breaks, delays and slows connections. */
@NullMarked
package org.etcdmirror.testkit.fault;

import org.jspecify.annotations.NullMarked;
