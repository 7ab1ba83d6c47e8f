/**
 * etcd v2 over HTTP and JSON: a source, a sink and an index store, and the provider for addresses
 * of the form {@code v2:http://HOST:PORT,http://HOST:PORT}.
 *
 * <p>Works with etcd 2.3 to 3.5; from 3.4 on the servers need {@code --enable-v2}. Values and keys
 * are text: etcd v2 answers in JSON, which cannot carry other bytes.
 */
@NullMarked
package org.etcdmirror.v2;

import org.jspecify.annotations.NullMarked;
