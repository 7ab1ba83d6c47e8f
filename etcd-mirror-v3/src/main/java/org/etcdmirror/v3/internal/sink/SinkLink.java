package org.etcdmirror.v3.internal.sink;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.internal.OwnKeySet;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.rpc.RequestOp;

/** What a sink has as soon as it is known where its checkpoint is: the fence, and all behind it. */
public final class SinkLink {

  private final Bytes checkpointKey;
  private final V3Client client;
  private final SinkFence fence;
  private final SinkLeaseIds leaseIds;
  private final SinkLeases leases;
  private final SinkLeaseKeeper leaseKeeper;
  private final SinkWriter writer;
  private final V3SinkCluster cluster;

  public SinkLink(V3Client client, Bytes checkpointKey, SinkLimits limits) {
    this.checkpointKey = checkpointKey;
    this.client = client;
    this.fence = new SinkFence(client, checkpointKey);
    this.leaseIds = new SinkLeaseIds(checkpointKey);
    this.leases = new SinkLeases(client, leaseIds);
    this.leaseKeeper = new SinkLeaseKeeper(client, leases);
    this.cluster = new V3SinkCluster(client, fence);
    this.writer = new SinkWriter(client, fence, limits, cluster.written());
  }

  public Bytes checkpointKey() {
    return checkpointKey;
  }

  public SinkFence fence() {
    return fence;
  }

  public SinkWriter writer() {
    return writer;
  }

  public V3SinkCluster cluster() {
    return cluster;
  }

  /** What is done with a batch's operations. */
  @FunctionalInterface
  public interface Writing {
    void write(List<RequestOp> ops) throws IOException, InterruptedException;
  }

  /** Writes a batch, with the leases that it needs. */
  public void apply(EventBatch batch, SinkBounds bounds, Writing writing)
      throws IOException, InterruptedException {
    fence.loadIfUnknown();
    SinkOps ops = SinkOps.of(batch, bounds, leaseIds);
    // First what must have lived on, as a lease that is granted anew looks the same.
    leases.refresh(ops.refreshed());
    leases.provide(ops.leases());
    try {
      writing.write(ops.list());
    } catch (V3ErrorException e) {
      if (!e.leaseNotFound()) {
        throw e;
      }
      leases.provideAgain(ops.leases());
      writing.write(ops.list());
    }
  }

  /** A snapshot with its expiries; the leases are kept alive until it is closed. */
  public Snapshot snapshot(Selection selection, OwnKeySet own)
      throws IOException, InterruptedException {
    leaseKeeper.begin();
    boolean begun = false;
    try {
      SinkExpiries expiries = new SinkExpiries(client, leaseIds);
      Snapshot snapshot = new SinkSnapshot(client, selection, own, expiries, leaseKeeper::end);
      begun = true;
      return snapshot;
    } finally {
      if (!begun) {
        leaseKeeper.end();
      }
    }
  }

  public void close() {
    leaseKeeper.close();
  }
}
