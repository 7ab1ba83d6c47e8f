package org.etcdmirror.testkit.etcd;

import java.net.URI;
import java.util.List;

/** A real etcd cluster of several members on this machine. Safe for use by many threads. */
public final class EtcdCluster implements AutoCloseable {

  private final List<EtcdServer> members;

  EtcdCluster(List<EtcdServer> members) {
    this.members = List.copyOf(members);
  }

  /**
   * Three members of the default etcd with the v2 API, started and ready. For anything else there
   * is {@link EtcdServerBuilder#startCluster(int)}.
   */
  public static EtcdCluster start() {
    return EtcdServer.builder().startCluster(3);
  }

  /** The number of members. */
  public int size() {
    return members.size();
  }

  /** A member, from 0. Its {@link EtcdServer#restart()} waits for a quorum. */
  public EtcdServer member(int number) {
    return members.get(number);
  }

  /** The client URLs of the members. */
  public List<URI> clientUrls() {
    return members.stream().map(EtcdServer::clientUrl).toList();
  }

  /** Kills all members at once. */
  public void kill() {
    members.forEach(EtcdServer::kill);
  }

  /** Stops all members that run, starts all with their data and ports, and waits for each. */
  public void restart() {
    members.forEach(EtcdServer::restartWithoutWaiting);
    members.forEach(EtcdServer::awaitReady);
  }

  /** Replaces all by a new and empty cluster on the same ports, and waits for each. */
  public void wipe() {
    EtcdServer.wipeTogether(members);
    members.forEach(EtcdServer::awaitReady);
  }

  /** Kills all members and deletes their data; harmless when repeated. */
  @Override
  public void close() {
    members.forEach(EtcdServer::close);
  }
}
