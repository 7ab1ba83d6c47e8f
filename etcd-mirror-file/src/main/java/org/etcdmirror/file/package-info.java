/**
 * Dumps: a sink that keeps a keyspace and its history in a directory, and a source that reads it at
 * any recorded index. Also the provider for addresses of the form {@code file:DIR}.
 */
@NullMarked
package org.etcdmirror.file;

import org.jspecify.annotations.NullMarked;
