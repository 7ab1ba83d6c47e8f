/** A real worker of Kafka Connect for tests. */
package org.etcdmirror.kafka.connect.worker;
