package org.etcdmirror.v3;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.Access;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;

/**
 * An etcd v3 cluster as a sink that keeps the link's checkpoint beside the data, and commits both
 * in one transaction. For one thread at a time.
 */
public final class V3Sink implements AtomicSink {

  private static final int MARGIN = 8 * 1024;

  private final V3Client client;
  private final SinkFence fence;
  private final SinkLeases leases;
  private final SinkWriter writer;
  private final long maxAtomicBytes;

  private V3Sink(Builder settings, Bytes checkpointKey) {
    this.client = V3Client.connect(settings.endpoints, settings.access);
    this.fence = new SinkFence(client, checkpointKey);
    this.leases = new SinkLeases(client);
    this.writer = new SinkWriter(client, fence, settings.maxTxnOps, settings.maxRequestBytes);
    this.maxAtomicBytes = settings.maxRequestBytes - MARGIN;
  }

  /** Needs endpoints, and a link or a checkpoint key. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  @Override
  public long maxAtomicBytes() {
    return maxAtomicBytes;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    return fence.load();
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    fence.loadIfUnknown();
    writer.commit(List.of(), checkpoint, checkpoint.index());
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    fence.loadIfUnknown();
    writer.write(SinkOps.of(batch, fence.key(), leases));
  }

  @Override
  public void apply(EventBatch batch, Checkpoint checkpoint)
      throws IOException, InterruptedException {
    fence.loadIfUnknown();
    writer.commit(SinkOps.of(batch, fence.key(), leases), checkpoint, batch.index());
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    return new SinkSnapshot(client, selection, fence.key());
  }

  @Override
  public void close() {
    client.close();
  }

  /** Collects the settings of a sink. Not safe for use by several threads. */
  public static final class Builder {

    private List<String> endpoints = List.of();
    private Access access = Access.ANONYMOUS;
    private List<Bytes> prefixes = List.of();
    private Bytes checkpointKey = Bytes.EMPTY;
    private int maxTxnOps = 128;
    private long maxRequestBytes = 3L * 512 * 1024;

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

    /** What the mirror owns in the sink; the checkpoint key must not be the start of one. */
    public Builder prefixes(List<Bytes> all) {
      this.prefixes = List.copyOf(all);
      return this;
    }

    /** The link's name: the checkpoint is at {@code /__replication/LINK}. */
    public Builder link(String name) {
      return checkpointKey(SinkKeys.OWN.plus(Bytes.utf8(requireNonNull(name, "name"))));
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

    /**
     * The sink; nothing is connected yet.
     *
     * @throws IllegalArgumentException if there is no endpoint, or no place for the checkpoint
     */
    public V3Sink build() {
      if (endpoints.isEmpty()) {
        throw new IllegalArgumentException("a v3 sink needs an endpoint");
      }
      if (checkpointKey.isEmpty()) {
        throw new IllegalArgumentException("a v3 sink keeps its index in the target: name a link");
      }
      if (prefixes.contains(checkpointKey)) {
        throw new IllegalArgumentException("the checkpoint key cannot be a prefix of the mirror");
      }
      return new V3Sink(this, checkpointKey);
    }
  }
}
