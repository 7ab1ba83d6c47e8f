package org.etcdmirror.v3;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.Refusals;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.read.Wire;
import org.etcdmirror.v3.internal.sink.SinkBounds;
import org.etcdmirror.v3.internal.sink.SinkExpiries;
import org.etcdmirror.v3.internal.sink.SinkFence;
import org.etcdmirror.v3.internal.sink.SinkLeaseIds;
import org.etcdmirror.v3.internal.sink.SinkLeaseKeeper;
import org.etcdmirror.v3.internal.sink.SinkLeases;
import org.etcdmirror.v3.internal.sink.SinkLimits;
import org.etcdmirror.v3.internal.sink.SinkOps;
import org.etcdmirror.v3.internal.sink.SinkSnapshot;
import org.etcdmirror.v3.internal.sink.SinkWriter;
import org.etcdmirror.v3.internal.sink.V3SinkCluster;
import org.etcdmirror.v3.rpc.RequestOp;

/**
 * An etcd v3 cluster as a sink that keeps the link's checkpoint beside the data, and commits both
 * in one transaction. For one thread at a time, but for snapshots: these are for any, at any time.
 *
 * <p>The checkpoint is also the fence: see {@link AtomicSink} on what is sent and arrives late.
 * Where none is stored yet, the key holds a text without an index, which is no checkpoint.
 *
 * <p>Keys under {@code /__replication/} are the mirrors' own, and so is the checkpoint elsewhere: a
 * put of one is refused, other events on them do nothing, a tree delete spares them, and a snapshot
 * does not show them.
 *
 * <p>Where expiries are copied, each lease of the source has a lease of the same time to live here,
 * which is kept alive by {@link org.etcdmirror.api.MirrorEvent.Refresh}; if it is found to have
 * expired or to be revoked while the source's lives, {@code apply} throws {@link
 * org.etcdmirror.api.SinkDriftedException}.
 */
public final class V3Sink implements AtomicSink {

  private static final int MARGIN = 8 * 1024;

  private final V3Client client;
  private final SinkFence fence;
  private final SinkLeaseIds leaseIds;
  private final SinkLeases leases;
  private final SinkLeaseKeeper leaseKeeper;
  private final SinkLimits limits;
  private final SinkWriter writer;
  private final V3SinkCluster cluster;
  private volatile SinkBounds bounds;

  private V3Sink(Builder settings, Bytes checkpointKey) {
    this.client = V3Client.connect(settings.endpoints, settings.access, settings.refused);
    this.bounds = new SinkBounds(settings.prefixes, checkpointKey, KeyModel.BYTES);
    this.fence = new SinkFence(client, checkpointKey);
    this.leaseIds = new SinkLeaseIds(checkpointKey);
    this.leases = new SinkLeases(client, leaseIds);
    this.leaseKeeper = new SinkLeaseKeeper(client, leases);
    this.limits = new SinkLimits(settings.maxTxnOps, settings.maxRequestBytes);
    this.cluster = new V3SinkCluster(client, fence);
    this.writer = new SinkWriter(client, fence, limits, cluster.written());
  }

  /** Needs endpoints, and a link or a checkpoint key. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  /** Under a source of paths, prefixes are paths as well. */
  @Override
  public void sourceKeyModel(KeyModel model) {
    bounds = bounds.under(model);
  }

  /** The checkpoint, where it is kept elsewhere than below {@code /__replication/}. */
  @Override
  public List<Bytes> ownKeys() {
    return bounds.ownElsewhere();
  }

  @Override
  public SinkCluster cluster() {
    return cluster;
  }

  @Override
  public boolean hasWritten(long index) {
    return cluster.hasWritten(index);
  }

  /** The line of a checkpoint's text that names its writer. */
  @Override
  public String signature() {
    return fence.signature();
  }

  @Override
  public List<Bytes> prefixes() {
    return bounds.given();
  }

  /** What mirrors remember is nobody's, also below these. */
  @Override
  public void alsoOwns(List<Bytes> prefixes) {
    bounds = bounds.with(prefixes);
  }

  /**
   * 256 KiB, so that a transaction stays short; less if the servers turn out to take less. What one
   * revision of the source brings is committed as one up to {@code maxRequestBytes}.
   */
  @Override
  public long maxAtomicBytes() {
    return limits.maxAtomicBytes();
  }

  @Override
  public Place place() {
    return Place.WITH_DATA;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    return fence.load();
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    fence.loadIfUnknown();
    writer.commit(List.of(), checkpoint, checkpoint.index(), false);
  }

  /** One linearizable read of one key. */
  @Override
  public void confirm() throws IOException, InterruptedException {
    fence.confirm();
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    apply(batch, writer::write);
  }

  @Override
  public void apply(EventBatch batch, Checkpoint checkpoint)
      throws IOException, InterruptedException {
    boolean divisible =
        batch.events().stream().mapToLong(MirrorEvent::index).distinct().count() > 1;
    apply(batch, ops -> writer.commit(ops, checkpoint, batch.index(), divisible));
  }

  /** What is done with a batch's operations. */
  @FunctionalInterface
  private interface Writing {
    void write(List<RequestOp> ops) throws IOException, InterruptedException;
  }

  private void apply(EventBatch batch, Writing writing) throws IOException, InterruptedException {
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

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    if (!selection.expiries()) {
      return new SinkSnapshot(client, selection, bounds, null, () -> {});
    }
    leaseKeeper.begin();
    boolean begun = false;
    try {
      SinkExpiries expiries = new SinkExpiries(client, leaseIds);
      Snapshot snapshot = new SinkSnapshot(client, selection, bounds, expiries, leaseKeeper::end);
      begun = true;
      return snapshot;
    } finally {
      if (!begun) {
        leaseKeeper.end();
      }
    }
  }

  @Override
  public void close() {
    leaseKeeper.close();
    client.close();
  }

  /** Collects the settings of a sink. Not safe for use by several threads. */
  public static final class Builder {

    private List<String> endpoints = List.of();
    private Access access = Access.ANONYMOUS;
    private Duration refused = Refusals.PATIENCE;
    private List<Bytes> prefixes = List.of();
    private Bytes checkpointKey = Bytes.EMPTY;
    private int maxTxnOps = 128;
    private long maxRequestBytes = SinkLimits.DEFAULT_REQUEST_BYTES;

    private Builder() {}

    /** Members of the cluster, {@code http://HOST:PORT}; at least one. */
    public Builder endpoints(List<String> all) {
      this.endpoints = List.copyOf(all);
      return this;
    }

    /** The same as a list. */
    public Builder endpoints(String... all) {
      return endpoints(List.of(all));
    }

    /** Who writes; nobody in particular by default. */
    public Builder access(Access value) {
      this.access = requireNonNull(value, "access");
      return this;
    }

    /**
     * What the mirror owns in the sink: nothing else is ever written or deleted. A tree that
     * reaches further is deleted as far as they go; any other event outside them is refused as
     * permanent. None for no bounds, which is the default.
     */
    public Builder prefixes(List<Bytes> all) {
      this.prefixes = List.copyOf(all);
      return this;
    }

    /** The link's name: the checkpoint is at {@code /__replication/LINK}. */
    public Builder link(String name) {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a link needs a name");
      }
      return checkpointKey(Wire.OWN.plus(Bytes.utf8(name)));
    }

    /** Where the checkpoint is, in place of the key made from the link. */
    public Builder checkpointKey(Bytes key) {
      this.checkpointKey = requireNonNull(key, "key");
      return this;
    }

    /** The servers' {@code --max-txn-ops}; 128 by default. */
    public Builder maxTxnOps(int value) {
      if (value < 2) {
        throw new IllegalArgumentException("maxTxnOps must be at least 2, was " + value);
      }
      this.maxTxnOps = value;
      return this;
    }

    /** The servers' {@code --max-request-bytes}; 1.5 MiB by default. */
    public Builder maxRequestBytes(long value) {
      if (value < 4 * MARGIN) {
        throw new IllegalArgumentException("maxRequestBytes is too small: " + value);
      }
      this.maxRequestBytes = value;
      return this;
    }

    /** How long each endpoint must repeat a refusal before it is final; for tests. */
    Builder refused(Duration time) {
      refused = time;
      return this;
    }

    /**
     * The sink; nothing is connected yet.
     *
     * @throws IllegalArgumentException if there is no endpoint, or no place for the checkpoint, or
     *     a prefix is where mirrors keep their indexes
     */
    public V3Sink build() {
      if (endpoints.isEmpty()) {
        throw new IllegalArgumentException("a v3 sink needs an endpoint");
      }
      if (checkpointKey.isEmpty()) {
        throw new IllegalArgumentException("a v3 sink keeps its index in the target: name a link");
      }
      OwnKeys own = OwnKeys.DEFAULT.and(List.of(checkpointKey));
      prefixes.forEach(own::refuse);
      return new V3Sink(this, checkpointKey);
    }
  }
}
