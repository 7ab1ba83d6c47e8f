package org.etcdmirror.kafka.connect.sink;

import java.util.List;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.V3Sink;

/**
 * Where records go.
 *
 * @param endpoints members of the cluster
 * @param access the user and the certificates
 * @param maxTxnOps the servers' {@code --max-txn-ops}
 * @param maxRequestBytes the servers' {@code --max-request-bytes}
 * @param keys which keys are written, and their names
 */
record Target(
    List<String> endpoints, Access access, int maxTxnOps, int maxRequestBytes, KeyPrefixes keys) {

  /** A connection of its own. Nothing is connected yet. */
  V3Sink connect() {
    return V3Sink.builder()
        .endpoints(endpoints)
        .access(access)
        .maxTxnOps(maxTxnOps)
        .maxRequestBytes(maxRequestBytes)
        .build();
  }

  /**
   * Checks the form of the endpoints.
   *
   * @throws IllegalArgumentException if one is none
   */
  void check() {
    connect().close();
  }
}
