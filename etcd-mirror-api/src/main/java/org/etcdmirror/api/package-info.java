/**
 * The SPI of etcd-mirror, for authors of sources, sinks and index stores.
 *
 * <p>A {@linkplain org.etcdmirror.api.EventSource source} reads a keyspace and follows its events.
 * A {@linkplain org.etcdmirror.api.EventSink sink} writes them. An {@linkplain
 * org.etcdmirror.api.IndexStore index store} remembers the index that the sink has reached. The
 * engine in {@code etcd-mirror-core} does everything between them.
 *
 * <p><b>Failures are typed.</b> An {@link java.io.IOException} is transient: the engine repeats the
 * call with back-off, without limit. A {@link org.etcdmirror.api.PermanentException}, and any other
 * unchecked exception, stops the mirror. {@link org.etcdmirror.api.HistoryClearedException} is a
 * {@linkplain org.etcdmirror.api.Gap gap}, and the mirror's recovery policy decides about it.
 * Nothing is ever decided by an exception's message.
 *
 * <p><b>Index</b> means etcd v2's {@code modifiedIndex} and etcd v3's revision: a number that only
 * grows while a cluster lives.
 */
@NullMarked
package org.etcdmirror.api;

import org.jspecify.annotations.NullMarked;
