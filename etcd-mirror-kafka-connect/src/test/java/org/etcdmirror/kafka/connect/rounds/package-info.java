/** Rounds of faults in the whole way from etcd over Kafka to another etcd. */
package org.etcdmirror.kafka.connect.rounds;
