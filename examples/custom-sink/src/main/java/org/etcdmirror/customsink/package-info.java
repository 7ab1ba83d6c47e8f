/**
 * Sinks of your own. {@link org.etcdmirror.customsink.PoolView} is to embed; {@code audit:PATH} and
 * {@code pools:FILE} are addresses that the mirror service understands once this jar is beside it.
 */
@NullMarked
package org.etcdmirror.customsink;

import org.jspecify.annotations.NullMarked;
