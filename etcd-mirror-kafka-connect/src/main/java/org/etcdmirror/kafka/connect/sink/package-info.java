/** The connector of Kafka Connect that writes the records of topics to etcd v3. */
@NullMarked
package org.etcdmirror.kafka.connect.sink;

import org.jspecify.annotations.NullMarked;
