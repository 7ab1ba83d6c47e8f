package org.etcdmirror.testkit.etcd;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Settings of one member of a cluster.
 *
 * @param advertisedPeer what etcd makes the cluster's id of, together with the token; where the
 *     member is alone, no other connects to it
 */
record EtcdMember(
    String name,
    int clientPort,
    int tlsPort,
    int peerPort,
    String initialCluster,
    String token,
    String advertisedPeer) {

  /** Members of one new cluster, on free ports. */
  static List<EtcdMember> cluster(int size) {
    String token = UUID.randomUUID().toString();
    List<EtcdMember> members = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      members.add(
          new EtcdMember(
              "m" + i + "-" + token, Ports.free(), Ports.free(), Ports.free(), "", token, ""));
    }
    String all =
        members.stream().map(m -> m.name + "=" + m.peerUrl()).collect(Collectors.joining(","));
    return members.stream()
        .map(m ->
            new EtcdMember(
                m.name, m.clientPort, m.tlsPort, m.peerPort, all, token, m.peerUrl().toString()))
        .toList();
  }

  /** The same with the cluster id that etcd has with default settings. */
  EtcdMember withDefaultClusterId() {
    String peer = "http://localhost:2380";
    return new EtcdMember(
        name, clientPort, tlsPort, peerPort, name + "=" + peer, "etcd-cluster", peer);
  }

  boolean isAlone() {
    return initialCluster.indexOf(',') < 0;
  }

  URI clientUrl() {
    return URI.create("http://127.0.0.1:" + clientPort);
  }

  URI tlsUrl() {
    return URI.create("https://127.0.0.1:" + tlsPort);
  }

  URI peerUrl() {
    return URI.create("http://127.0.0.1:" + peerPort);
  }
}
