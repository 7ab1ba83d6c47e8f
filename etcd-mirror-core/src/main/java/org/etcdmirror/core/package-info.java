/**
 * The engine, for those who embed a mirror: {@link org.etcdmirror.core.EtcdMirror} and what it is
 * built from, the shipped {@linkplain org.etcdmirror.core.store.InMemorySink sink} and {@linkplain
 * org.etcdmirror.core.store.FileIndexStore index store}, and {@linkplain
 * org.etcdmirror.core.MirrorStatus what can be seen} of a running mirror.
 */
@NullMarked
package org.etcdmirror.core;

import org.jspecify.annotations.NullMarked;
