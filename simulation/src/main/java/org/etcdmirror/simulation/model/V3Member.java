package org.etcdmirror.simulation.model;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.LeaseGrantRequest;
import org.etcdmirror.v3.rpc.LeaseGrantResponse;
import org.etcdmirror.v3.rpc.LeaseRevokeRequest;
import org.etcdmirror.v3.rpc.LeaseRevokeResponse;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveResponse;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.StatusResponse;
import org.etcdmirror.v3.rpc.TxnRequest;

/**
 * A member: what it answers, and how far it is behind its cluster. Linearizable requests see the
 * whole store; watches and the status see what this member has applied.
 */
public final class V3Member implements Member {

  private final Network network;
  private final V3Cluster cluster;
  private final int number;
  private final List<V3Stream> streams = new ArrayList<>();
  private long applied = 1;
  private long compacted;
  private long lastApply;
  private boolean down;
  private long lag = 2_000_000;
  private String version = "3.5.16";

  V3Member(Network network, V3Cluster cluster, int number) {
    this.network = network;
    this.cluster = cluster;
    this.number = number;
  }

  int number() {
    return number;
  }

  V3Cluster cluster() {
    return cluster;
  }

  /** The revision that this member has applied. */
  public long applied() {
    return applied;
  }

  /** Sets the version that its status tells. */
  public void version(String told) {
    version = told;
  }

  String version() {
    return version;
  }

  @Override
  public void lag(long most) {
    lag = most;
  }

  @Override
  public void down(boolean isDown) {
    down = isDown;
    if (isDown) {
      cutStreams();
    }
  }

  boolean isDown() {
    return down;
  }

  private void cutStreams() {
    List.copyOf(streams)
        .forEach(stream -> stream.end(Status.UNAVAILABLE.withDescription("connection closed")));
    streams.clear();
  }

  /** The cluster is another one, or an older one. */
  void restarted() {
    cutStreams();
    applied = cluster.store().revision();
    compacted = cluster.store().compacted();
  }

  void willApply() {
    inTurn(() -> {
      if (applied < cluster.store().revision()) {
        applied++;
        List.copyOf(streams).forEach(V3Stream::changed);
      }
    });
  }

  void willCompact() {
    long through = cluster.store().compacted();
    inTurn(() -> compacted = Math.max(compacted, through));
  }

  /** After what the cluster decided before. */
  private void inTurn(Runnable entry) {
    int restores = cluster.restores();
    long due = network.scheduler().after((long) (network.random().nextDouble() * lag));
    lastApply = Math.max(due, lastApply);
    network.later(
        lastApply - network.scheduler().now(),
        () -> {
          if (cluster.restores() == restores) {
            entry.run();
          }
        });
  }

  /** The revision through which this member has compacted its history. */
  long compacted() {
    return compacted;
  }

  void add(V3Stream stream) {
    streams.add(stream);
  }

  void remove(V3Stream stream) {
    streams.remove(stream);
  }

  /** Carries out a request as etcd would; throws what it would be refused with. */
  Object answer(Object request) {
    V3Store store = cluster.store();
    if (request instanceof RangeRequest range) {
      return store.range(range).toBuilder().setHeader(header(store.revision())).build();
    }
    if (request instanceof TxnRequest txn) {
      refuseUnknownLeases(txn);
      var answer = cluster.ofMirror(txn);
      return answer.toBuilder().setHeader(header(store.revision())).build();
    }
    if (request instanceof LeaseGrantRequest grant) {
      if (!cluster.grant(grant.getID(), grant.getTTL())) {
        throw Status.FAILED_PRECONDITION
            .withDescription("etcdserver: lease already exists")
            .asRuntimeException();
      }
      return LeaseGrantResponse.newBuilder()
          .setHeader(header(store.revision()))
          .setID(grant.getID())
          .setTTL(grant.getTTL())
          .build();
    }
    if (request instanceof LeaseRevokeRequest revoke) {
      if (!cluster.revoke(revoke.getID())) {
        throw noLease();
      }
      return LeaseRevokeResponse.newBuilder().setHeader(header(cluster.store().revision())).build();
    }
    if (request instanceof LeaseTimeToLiveRequest ask) {
      return timeToLive(ask);
    }
    return StatusResponse.newBuilder().setHeader(header(applied)).setVersion(version).build();
  }

  private LeaseTimeToLiveResponse timeToLive(LeaseTimeToLiveRequest ask) {
    V3Store store = cluster.store();
    LeaseTimeToLiveResponse.Builder answer =
        LeaseTimeToLiveResponse.newBuilder().setHeader(header(store.revision())).setID(ask.getID());
    long[] left = cluster.timeToLive(ask.getID());
    if (left == null) {
      return answer.setTTL(-1).build();
    }
    answer.setTTL(left[0]).setGrantedTTL(left[1]);
    if (ask.getKeys()) {
      for (KeyValue entry : store.keys(store.revision()).values()) {
        if (entry.getLease() == ask.getID()) {
          answer.addKeys(entry.getKey());
        }
      }
    }
    return answer.build();
  }

  private void refuseUnknownLeases(TxnRequest txn) {
    for (var op : txn.getSuccessList()) {
      if (op.hasRequestTxn()) {
        refuseUnknownLeases(op.getRequestTxn());
      } else if (op.hasRequestPut()
          && op.getRequestPut().getLease() != 0
          && !cluster.hasLease(op.getRequestPut().getLease())) {
        throw noLease();
      }
    }
  }

  private static RuntimeException noLease() {
    return Status.NOT_FOUND
        .withDescription("etcdserver: requested lease not found")
        .asRuntimeException();
  }

  ResponseHeader header(long revision) {
    return cluster.header(this, revision);
  }

  @Override
  public String toString() {
    return "member %d of %x at %d".formatted(number, cluster.id(), applied);
  }

  /** A key as bytes. */
  static ByteString bytes(String key) {
    return ByteString.copyFromUtf8(key);
  }
}
