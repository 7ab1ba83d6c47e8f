/** A sink that keeps a table of PostgreSQL equal to a keyspace. */
@NullMarked
package org.etcdmirror.jdbcsink;

import org.jspecify.annotations.NullMarked;
