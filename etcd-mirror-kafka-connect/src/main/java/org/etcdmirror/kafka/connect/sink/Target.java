package org.etcdmirror.kafka.connect.sink;

import org.etcdmirror.kafka.connect.config.EtcdSide;
import org.etcdmirror.v3.V3Sink;

/**
 * Where records go.
 *
 * @param etcd the servers, and who the connector is to them
 * @param maxTxnOps the servers' {@code --max-txn-ops}
 * @param maxRequestBytes the servers' {@code --max-request-bytes}
 * @param keys which keys are written, and their names
 */
record Target(EtcdSide etcd, int maxTxnOps, int maxRequestBytes, KeyPrefixes keys) {

  /** A connection of its own. Nothing is connected yet. */
  V3Sink connect() {
    return V3Sink.builder()
        .endpoints(etcd.address().endpoints())
        .access(etcd.access())
        .maxTxnOps(maxTxnOps)
        .maxRequestBytes(maxRequestBytes)
        .build();
  }

  /**
   * Checks the form of the endpoints, and the limits.
   *
   * @throws IllegalArgumentException if one is wrong
   */
  void check() {
    connect().close();
  }
}
