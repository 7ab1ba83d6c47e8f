package org.etcdmirror.v2;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.ElectingSink;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Lead;
import org.etcdmirror.v2.internal.connection.V2Limits;
import org.etcdmirror.v2.internal.index.V2Link;
import org.etcdmirror.v2.internal.lead.V2Candidate;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.etcdmirror.v2.internal.read.V2Snapshot;
import org.etcdmirror.v2.internal.read.V2Tree;
import org.etcdmirror.v2.internal.read.V2ValuesSnapshot;
import org.etcdmirror.v2.internal.sink.V2Owned;
import org.etcdmirror.v2.internal.sink.V2Pipeline;
import org.etcdmirror.v2.internal.sink.V2PlainKeys;
import org.etcdmirror.v2.internal.sink.V2Probes;
import org.etcdmirror.v2.internal.sink.V2Refusal;
import org.etcdmirror.v2.internal.sink.V2SinkCluster;
import org.etcdmirror.v2.internal.sink.V2SizedWriter;
import org.etcdmirror.v2.internal.sink.V2Waves;
import org.etcdmirror.v2.internal.sink.V2Writer;
import org.jspecify.annotations.Nullable;

/**
 * Writes to an etcd v2 cluster, with several requests in flight.
 *
 * <p>Where a directory stands in the way of a value, or a value in the way of a directory, it is
 * removed, but only inside the prefixes. A key or value that v2 cannot hold (not UTF-8, a key with
 * an empty, {@code .} or {@code ..} segment) is a {@link PermanentException}. A value of more than
 * about 10 MiB, or one that a proxy answers with HTTP 413 at each endpoint, is refused by an {@link
 * UnsupportedEntryException}, and the rest of the batch is written. What expires in the source is
 * given one to two seconds more here, so that it goes by the source's event as long as the mirror
 * runs.
 *
 * <p>Under a source that knows no directories ({@link SinkContext#sourceKeyModel}) it makes and
 * removes directories itself and shows none. Then nothing is removed to make room: a put below a
 * value, and that of a value where others are below, is refused by an {@link
 * UnsupportedEntryException} that names both, and the rest of the batch is written. Whichever was
 * there first stays; it is for the mirror to decide. Empty directories that were there before stay
 * where nothing is put or deleted.
 *
 * <p>A write that was sent and not answered (a time-out, a connection that died, an answer that was
 * cut, HTTP 500 and above) is cut off and not sent again: {@link #apply} throws an {@link
 * OutcomeUnknownException} that names each key and tree of such writes, and the next call goes to
 * another endpoint.
 *
 * <p>One thread at a time may call {@link #apply}; everything else may be called by any thread
 * meanwhile. {@link #close} makes a running call end with an {@link IOException}.
 */
public final class V2Sink implements ReadableSink, ElectingSink {

  /** So many requests of a candidate may fail one after the other before its term is over. */
  private static final int REQUESTS_A_TERM = 4;

  private final Builder settings;
  private final V2Client client;
  private final V2Writer writer;
  private final V2SizedWriter sized;
  private final V2Pipeline pipeline;
  private final V2Owned owned;
  private final int maxInFlight;
  private final Duration lateEffects;
  private final V2Probes probes;
  private final V2SinkCluster cluster;

  /** Writes for a source without directories; null for one that has them. */
  private volatile @Nullable V2PlainKeys plainKeys;

  /**
   * Whether a directory of the sink may have an expiry, which only making it again takes away. So
   * it is until all of the sink was read: a run before this one may have copied some.
   */
  private final AtomicReference<Boolean> directoriesMayExpire = new AtomicReference<>();

  private V2Sink(V2Client client, Builder builder) {
    this.settings = builder;
    this.client = client;
    this.owned = new V2Owned();
    this.writer = new V2Writer(client, owned);
    this.maxInFlight = builder.maxInFlight;
    this.sized = new V2SizedWriter(writer);
    this.pipeline = new V2Pipeline(client, sized, builder.maxInFlight);
    this.lateEffects = builder.lateEffects;
    this.probes = new V2Probes(client, owned::readable);
    this.cluster = new V2SinkCluster(client, owned::readable);
  }

  /**
   * A sink with the defaults, by an anonymous user.
   *
   * @param endpoints the servers of the cluster, each as {@code http://HOST:PORT}
   * @throws IllegalArgumentException if there is no endpoint, or one is not of that form
   */
  public static V2Sink of(String... endpoints) {
    return builder().endpoints(endpoints).build();
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public KeyModel keyModel() {
    return KeyModel.PATHS;
  }

  /** The store at {@code /__replication/LINK}; it is closed with this sink. */
  @Override
  public IndexStore indexStore(String link) {
    return V2IndexStore.beside(client, link);
  }

  /**
   * Takes what is the mirror's. In the former prefixes nothing is put. Of plain keys, directories
   * go when they are empty, as everywhere.
   *
   * @throws PermanentException if v2 cannot hold such a prefix
   */
  @Override
  public void open(SinkContext context) {
    owned.open(context);
    if (context.sourceKeyModel() == KeyModel.BYTES) {
      plainKeys = new V2PlainKeys(client, writer, owned, maxInFlight);
    }
  }

  /** Also keys that v2 hides from reads: a copy that cannot be read back is none. */
  @Override
  public @Nullable String refusal(Entry entry) {
    return V2Refusal.of(entry, owned.shown());
  }

  @Override
  public SinkCluster cluster() {
    return cluster;
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    client.written().batchBegins();
    try {
      write(batch);
    } catch (OutcomeUnknownException e) {
      e.touched().forEach(touched -> probes.lost(touched.endpoint()));
      throw e;
    }
  }

  /** Each request is a change of its own, so this is the index of the newest one. */
  @Override
  public long appliedAt() {
    return client.written().newestOfBatch();
  }

  private void write(EventBatch batch) throws IOException, InterruptedException {
    owned.requireOpen();
    V2PlainKeys plain = plainKeys;
    if (plain != null) {
      plain.apply(batch.events());
      return;
    }
    List<MirrorEvent> events = batch.events();
    if (events.stream().anyMatch(V2Sink::isExpiringDirectory)) {
      directoriesMayExpire.set(true);
    }
    sized.begin();
    boolean mayExpire = !Boolean.FALSE.equals(directoriesMayExpire.get());
    events = V2Waves.withoutImpliedDirectories(events, mayExpire);
    for (List<MirrorEvent> wave : V2Waves.of(events)) {
      MirrorEvent first = wave.get(0);
      if (first instanceof DeleteTree && first.key().equals(Bytes.utf8(V2Paths.ROOT))) {
        writer.writable(first);
        pipeline.write(topLevelTrees(first.index()));
      } else {
        pipeline.write(wave);
      }
    }
    sized.end();
  }

  private static boolean isExpiringDirectory(MirrorEvent event) {
    return event instanceof MakeDirectory directory && directory.expiresAt() != null;
  }

  /**
   * etcd's root cannot be deleted. Hidden keys, the mirror's indexes among them, are not listed.
   */
  private List<DeleteTree> topLevelTrees(long index) throws IOException, InterruptedException {
    return client.get(V2Paths.ROOT, "quorum=true").requireNode().nodes().stream()
        .map(node -> new DeleteTree(Bytes.utf8(node.key()), index))
        .toList();
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    V2Snapshot tree = V2Tree.read(client, selection);
    if (!selection.exact()
        && owned.areWithin(selection.prefixes())
        && tree.entries().stream().noneMatch(V2Sink::isExpiringDirectory)) {
      // Unless it is known already that there are some.
      directoriesMayExpire.compareAndSet(null, false);
    }
    return plainKeys == null ? tree : new V2ValuesSnapshot(tree);
  }

  @Override
  public Duration lateEffects() {
    return lateEffects;
  }

  /**
   * Whether a quorum read through the endpoint is answered. If the endpoint is empty, or none that
   * this sink was given, all are asked, and one that refuses the connection counts as well: what
   * waited for that server ended with it.
   */
  @Override
  public boolean answers(String endpoint) throws InterruptedException {
    return probes.answers(endpoint);
  }

  /**
   * The lead is a key with a time to live, {@code /__replication/__leader__LINK}. A sink of the
   * candidate sends a write only if the term outlasts the time that the write may take.
   */
  @Override
  public Candidate candidate(String link, String member, Duration term) {
    Duration longest = term.dividedBy(REQUESTS_A_TERM);
    V2Client own =
        V2Client.connect(settings.endpoints, settings.access, settings.limits, changes -> longest);
    return new V2Candidate(own, V2Link.called(link), member, term, settings::build);
  }

  @Override
  public void close() {
    client.close();
  }

  /** Settings of a {@link V2Sink}. Not safe for use by several threads. */
  public static final class Builder {

    /** Twice etcd's request time, which is 5 s and two election times of 1 s by default. */
    private static final Duration DEFAULT_LATE_EFFECTS = Duration.ofSeconds(14);

    private static final int DEFAULT_IN_FLIGHT = 64;
    private static final int MOST_IN_FLIGHT = 512;

    private List<String> endpoints = List.of();
    private Access access = Access.ANONYMOUS;
    private V2Limits limits = V2Limits.DEFAULT;
    private int maxInFlight = DEFAULT_IN_FLIGHT;
    private Duration lateEffects = DEFAULT_LATE_EFFECTS;

    private Builder() {}

    private Builder(Builder other) {
      endpoints = other.endpoints;
      access = other.access;
      limits = other.limits;
      maxInFlight = other.maxInFlight;
      lateEffects = other.lateEffects;
    }

    /**
     * The servers of the cluster, each as {@code http://HOST:PORT}. When one fails, the next is
     * asked. There is no default.
     */
    public Builder endpoints(List<String> servers) {
      endpoints = List.copyOf(servers);
      return this;
    }

    /** The same, one by one. */
    public Builder endpoints(String... servers) {
      return endpoints(List.of(servers));
    }

    /** The user and the certificates. Anonymous by default. */
    public Builder access(Access access) {
      this.access = requireNonNull(access, "access");
      return this;
    }

    /**
     * How many requests may be in flight at a time, from 1 to 512; 64 by default. More is faster
     * only where the sink is far away: 64 make about 2,000 writes per second at a round trip of 30
     * ms. But from about 100 on, watches that others have on the sink fall silent: a v2 server
     * drops a watch, without telling it, as soon as more than 100 of its events come at once.
     *
     * @throws IllegalArgumentException if it is outside of that range
     */
    public Builder maxInFlight(int requests) {
      if (requests < 1 || requests > MOST_IN_FLIGHT) {
        throw new IllegalArgumentException(
            "maxInFlight must be from 1 to %d: %d".formatted(MOST_IN_FLIGHT, requests));
      }
      maxInFlight = requests;
      return this;
    }

    /**
     * How long a write whose answer was lost may still be carried out after its server answers
     * again; 14 seconds by default. That is twice etcd's request time, which is 5 seconds and two
     * election times; who runs etcd with a longer {@code --election-timeout} than 1 second adds
     * four times what it is longer.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder lateEffects(Duration time) {
      if (time.isNegative()) {
        throw new IllegalArgumentException("lateEffects must not be negative: " + time);
      }
      lateEffects = time;
      return this;
    }

    /** For tests. */
    Builder limits(V2Limits other) {
      limits = other;
      return this;
    }

    /**
     * The sink; nothing is connected yet.
     *
     * @throws IllegalArgumentException if there is no endpoint, or one is not of the form {@code
     *     http://HOST:PORT}
     */
    public V2Sink build() {
      return new Builder(this).build(V2Lead.ALWAYS);
    }

    private V2Sink build(V2Lead lead) {
      return new V2Sink(V2Client.connect(endpoints, access, limits, lead), this);
    }
  }
}
