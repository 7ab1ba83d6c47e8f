/**
 * The source connector: it follows a keyspace of etcd and hands it to the worker. The connector
 * plans and checks; a task runs the mirrors of its links.
 */
@NullMarked
package org.etcdmirror.kafka.connect.source;

import org.jspecify.annotations.NullMarked;
