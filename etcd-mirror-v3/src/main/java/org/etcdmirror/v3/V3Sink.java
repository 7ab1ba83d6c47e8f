package org.etcdmirror.v3;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.ElectingSink;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.internal.OwnKeySet;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.internal.sink.SinkBounds;
import org.etcdmirror.v3.internal.sink.SinkCandidate;
import org.etcdmirror.v3.internal.sink.SinkLimits;
import org.etcdmirror.v3.internal.sink.SinkLink;
import org.etcdmirror.v3.internal.sink.SinkSnapshot;
import org.jspecify.annotations.Nullable;

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
public final class V3Sink implements AtomicSink, ElectingSink {

  private static final int MARGIN = 8 * 1024;

  /** So many requests of a candidate may fail one after the other before its term is over. */
  private static final int REQUESTS_A_TERM = 4;

  /** How often a sink is asked, as a rule; the engine keeps to that. */
  private static final long CONFIRM_INTERVAL = Duration.ofSeconds(2).toNanos();

  private final Builder settings;
  private final V3Client client;
  private final SinkLimits limits;
  private final OwnKeySet own;

  /** Else the link's name says where the checkpoint is. */
  private final boolean keyIsChosen;

  private volatile @Nullable SinkLink link;
  private volatile @Nullable SinkBounds bounds;

  private V3Sink(Builder settings) {
    this.settings = settings;
    this.client =
        V3Client.connect(
            settings.connections.pool(), settings.endpoints, settings.access, settings.refused);
    this.limits = new SinkLimits(settings.maxTxnOps, settings.maxRequestBytes);
    Bytes key = settings.checkpointKey;
    this.own = key == null ? OwnKeySet.DEFAULT : OwnKeySet.DEFAULT.and(List.of(key));
    this.keyIsChosen = key != null;
    if (key != null) {
      this.link = new SinkLink(client, key, limits);
    }
  }

  /**
   * A sink with the defaults, by an anonymous user.
   *
   * @param endpoints members of the cluster, each as {@code http://HOST:PORT}
   * @throws IllegalArgumentException if there is no endpoint, or one is not of that form
   */
  public static V3Sink of(String... endpoints) {
    return builder().endpoints(endpoints).build();
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  /**
   * This sink, with the checkpoint at {@code /__replication/LINK}, or at the key that was chosen
   * for it. A slash at the beginning of the name is left out.
   */
  @Override
  public synchronized V3Sink indexStore(String name) {
    if (keyIsChosen) {
      return this;
    }
    Bytes key = Wire.checkpointKey(name);
    if (link == null) {
      link = new SinkLink(client, key, limits);
    }
    Bytes taken = linked().checkpointKey();
    if (!taken.equals(key)) {
      throw new IllegalStateException(
          "link '%s': the sink keeps its index at '%s' for another link; make a sink for each mirror"
              .formatted(name, taken));
    }
    return this;
  }

  /** Under a source of paths, prefixes are paths as well. In former prefixes nothing is put. */
  @Override
  public synchronized void open(SinkContext context) {
    if (bounds != null) {
      throw new IllegalStateException(
          "link '%s': the sink is open already; make a sink for each mirror"
              .formatted(context.link()));
    }
    bounds = new SinkBounds(context, own);
  }

  private SinkLink linked() {
    SinkLink known = link;
    if (known == null) {
      throw new IllegalStateException(
          "a v3 sink keeps its index in the target: name its link by indexStore(...) first");
    }
    return known;
  }

  private SinkBounds opened() {
    SinkBounds known = bounds;
    if (known == null) {
      throw new IllegalStateException("a v3 sink must be opened before events are applied");
    }
    return known;
  }

  /** The checkpoint, where it is kept elsewhere than below {@code /__replication/}. */
  @Override
  public List<Bytes> ownKeys() {
    return List.copyOf(own.elsewhere());
  }

  @Override
  public SinkCluster cluster() {
    return linked().cluster();
  }

  @Override
  public boolean hasWritten(long index) {
    return linked().cluster().hasWritten(index);
  }

  /** The line of a checkpoint's text that names its writer. */
  @Override
  public String signature() {
    return linked().fence().signature();
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
    return linked().fence().load();
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    SinkLink known = linked();
    known.fence().loadIfUnknown();
    known.writer().commit(List.of(), checkpoint, checkpoint.index(), false);
  }

  /** One linearizable read of one key. */
  @Override
  public void confirm() throws IOException, InterruptedException {
    linked().fence().confirm();
  }

  /**
   * Longer than usual if so many sinks share the {@linkplain Builder#connections connections}, the
   * cluster and the user that all of them would ask more than 50 times a second.
   */
  @Override
  public Duration confirmPause() {
    long turn = client.idleNanos(CONFIRM_INTERVAL);
    return turn > CONFIRM_INTERVAL ? Duration.ofNanos(turn) : Duration.ZERO;
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    SinkLink known = linked();
    known.cluster().written().batchBegins();
    known.apply(batch, opened(), known.writer()::write);
  }

  @Override
  public void apply(EventBatch batch, Checkpoint checkpoint)
      throws IOException, InterruptedException {
    boolean divisible =
        batch.events().stream().mapToLong(MirrorEvent::index).distinct().count() > 1;
    SinkLink known = linked();
    known.cluster().written().batchBegins();
    known.apply(
        batch, opened(), ops -> known.writer().commit(ops, checkpoint, batch.index(), divisible));
  }

  /** The revision of the transaction; of several, that of the newest. */
  @Override
  public long appliedAt() {
    return linked().cluster().written().newestOfBatch();
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    return selection.expiries()
        ? linked().snapshot(selection, own)
        : new SinkSnapshot(client, selection, own, null, () -> {});
  }

  /** The lead is a key on a lease, {@code /__replication/.leader/LINK}. */
  @Override
  public Candidate candidate(String name, String member, Duration term) {
    V3Client own =
        V3Client.connect(
            settings.connections.pool(),
            settings.endpoints,
            settings.access,
            settings.refused,
            term.dividedBy(REQUESTS_A_TERM));
    return new SinkCandidate(own, name, member, term, () -> new V3Sink(settings));
  }

  @Override
  public void close() {
    SinkLink known = link;
    if (known != null) {
      known.close();
    }
    client.close();
  }

  /** Collects the settings of a sink. Not safe for use by several threads. */
  public static final class Builder {

    private List<String> endpoints = List.of();
    private Access access = Access.ANONYMOUS;
    private V3Connections connections = V3Connections.create();
    private Duration refused = Refusals.PATIENCE;
    private @Nullable Bytes checkpointKey;
    private int maxTxnOps = 128;
    private long maxRequestBytes = SinkLimits.DEFAULT_REQUEST_BYTES;

    private Builder() {}

    private Builder(Builder other) {
      endpoints = other.endpoints;
      access = other.access;
      connections = other.connections;
      refused = other.refused;
      checkpointKey = other.checkpointKey;
      maxTxnOps = other.maxTxnOps;
      maxRequestBytes = other.maxRequestBytes;
    }

    /** Members of the cluster, {@code http://HOST:PORT}; at least one. */
    public Builder endpoints(List<String> all) {
      this.endpoints = List.copyOf(all);
      return this;
    }

    /** The same as a list. */
    public Builder endpoints(String... all) {
      return endpoints(List.of(all));
    }

    /** The user and the certificates. Anonymous by default. */
    public Builder access(Access value) {
      this.access = requireNonNull(value, "access");
      return this;
    }

    /** Connections to share with others. By default, the sink has connections of its own. */
    public Builder connections(V3Connections shared) {
      this.connections = requireNonNull(shared, "shared");
      return this;
    }

    /**
     * Where the checkpoint is, in place of the key that is made from the link's name.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public Builder checkpointKey(Bytes key) {
      if (key.isEmpty()) {
        throw new IllegalArgumentException("checkpointKey is empty; name a key, or leave it out");
      }
      this.checkpointKey = key;
      return this;
    }

    /** The servers' {@code --max-txn-ops}; 128 by default. */
    public Builder maxTxnOps(int value) {
      if (value < 2) {
        throw new IllegalArgumentException("maxTxnOps must be at least 2: " + value);
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
     * @throws IllegalArgumentException if there is no endpoint, or one is not of the form {@code
     *     http://HOST:PORT}
     */
    public V3Sink build() {
      if (endpoints.isEmpty()) {
        throw new IllegalArgumentException("sink has no endpoint; name one such as http://a:2379");
      }
      return new V3Sink(new Builder(this));
    }
  }
}
