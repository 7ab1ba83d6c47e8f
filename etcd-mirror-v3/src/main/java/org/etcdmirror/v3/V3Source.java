package org.etcdmirror.v3;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3Head;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.read.AnchorCheck;
import org.etcdmirror.v3.internal.read.LastChangeCheck;
import org.etcdmirror.v3.internal.read.StoredLinks;
import org.etcdmirror.v3.internal.read.V3Snapshot;
import org.etcdmirror.v3.internal.watch.CatchUpStream;
import org.etcdmirror.v3.internal.watch.CompactedHistory;
import org.etcdmirror.v3.internal.watch.StripeLimits;
import org.etcdmirror.v3.internal.watch.StripeRoom;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;

/**
 * Reads and follows an etcd v3 cluster.
 *
 * <p>Several prefixes are followed by one watch on the smallest range with all of them in it, so
 * that there is one index; the user needs the right to read that whole range.
 *
 * <p>A long history is read by several watches side by side, which is many times as fast, unless
 * expiries are asked for.
 *
 * <p>Where expiries are asked for, keys come with the lease that they are on. What keeps a lease
 * alive is found out by asking for it again in a third of its time; a stream begins with reading
 * the names of all keys then, and holds those that are on leases.
 *
 * <p>Keys under {@code /__replication/} are mirrors' own, and shown neither by snapshots nor by
 * streams.
 *
 * <p>Safe for use by many threads. {@link #close} ends all streams.
 */
public final class V3Source implements InspectableSource {

  /** The default of {@link Builder#catchUpWatches}, and the most there are. */
  public static final int CATCH_UP_WATCHES = StripeRoom.MOST_WATCHES;

  private final V3Client client;
  private final StripeLimits limits;

  /** The member that answered the last snapshot; 0 for none yet. */
  private volatile long lastMember;

  private V3Source(V3Client client, StripeLimits limits) {
    this.client = client;
    this.limits = limits;
  }

  /**
   * A source with the defaults, by an anonymous user.
   *
   * @param endpoints members of the cluster, each as {@code http://HOST:PORT}
   * @throws IllegalArgumentException if there is no endpoint, or one is not of that form
   */
  public static V3Source of(String... endpoints) {
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

  /** Who asks may wait until a stream has come this far, so its next proof does not wait. */
  @Override
  public SourceHead head(Selection selection) throws IOException, InterruptedException {
    SourceHead head = headNow(selection);
    client.wantProof(head.index());
    return head;
  }

  private SourceHead headNow(Selection selection) throws IOException, InterruptedException {
    KeyRange range = KeyRange.of(selection.prefixes().get(0));
    return V3Head.of(
        client
            .read(
                KVGrpc.getRangeMethod(),
                RangeRequest.newBuilder()
                    .setKey(range.from())
                    .setLimit(1)
                    .setKeysOnly(true)
                    .build())
            .getHeader());
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    return remembered(new V3Snapshot(client, selection));
  }

  private Snapshot remembered(V3Snapshot snapshot) {
    lastMember = snapshot.member();
    return snapshot;
  }

  /** Endpoints of one member, or one endpoint before many, may lead to the same member again. */
  @Override
  public Snapshot secondSnapshot(Selection selection) throws IOException, InterruptedException {
    for (int others = client.members().size(); others > 1; others--) {
      V3Snapshot snapshot = new V3Snapshot(client, selection);
      if (snapshot.member() != lastMember) {
        return remembered(snapshot);
      }
      snapshot.close();
      client.members().moveOn();
    }
    return snapshot(selection);
  }

  /**
   * One or two small reads, and a watch that ends at once where something was compacted. The oldest
   * revision is that of the whole cluster. Of many sources with the same {@linkplain
   * Builder#connections connections}, cluster and user, one asks in a second.
   */
  @Override
  public SourceHistory history(Selection selection) throws IOException, InterruptedException {
    return client.members().shared().history(() -> historyNow(selection));
  }

  private SourceHistory historyNow(Selection selection) throws IOException, InterruptedException {
    long oldest = new CompactedHistory(client, KeyRange.of(selection.prefixes().get(0))).oldest();
    return new SourceHistory(oldest, headNow(selection).index());
  }

  /**
   * The key's revision at the anchor's index tells, or, where that is compacted, what the key is
   * now. A restored cluster is noticed if it has another revision of just this key; an anchor
   * should therefore be of the newest key that was mirrored.
   */
  @Override
  public Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    return new AnchorCheck(client, anchor).run();
  }

  /**
   * All keys of the selection are read, without their values, and their number at two revisions. So
   * a restored cluster is noticed that has changed the selection since the backup, unless it only
   * deleted keys and one of the revisions is compacted.
   */
  @Override
  public Anchor.Check check(Selection selection, LastChange last)
      throws IOException, InterruptedException {
    return new LastChangeCheck(client, selection, last).run();
  }

  /**
   * The checkpoints under {@code /__replication/}. One that is kept {@linkplain
   * V3Sink.Builder#checkpointKey elsewhere} is not found.
   */
  @Override
  public List<StoredLink> storedLinks() throws IOException, InterruptedException {
    return new StoredLinks(client).read();
  }

  @Override
  public EventStream open(Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException {
    return CatchUpStream.open(client, selection, start, limits);
  }

  @Override
  public void close() {
    client.close();
  }

  /** Collects what a source is made of. Not safe for use by several threads. */
  public static final class Builder {

    private List<String> endpoints = List.of();
    private Access access = Access.ANONYMOUS;
    private V3Connections connections = V3Connections.create();

    private Duration refused = Refusals.PATIENCE;
    private StripeLimits limits = StripeLimits.with(CATCH_UP_WATCHES);

    private Builder() {}

    /** The servers of the cluster, each as {@code http://HOST:PORT}. There is no default. */
    public Builder endpoints(List<String> servers) {
      endpoints = List.copyOf(servers);
      return this;
    }

    /** The same, one by one. */
    public Builder endpoints(String... servers) {
      return endpoints(List.of(servers));
    }

    /** The user and the certificates. Anonymous by default. */
    public Builder access(Access reader) {
      access = reader;
      return this;
    }

    /** Connections to share with others. By default, the source has connections of its own. */
    public Builder connections(V3Connections shared) {
      connections = requireNonNull(shared, "shared");
      return this;
    }

    /**
     * The most watches that read a long history side by side; 1 means that one watch reads it. All
     * sources of a process use at most {@value V3Source#CATCH_UP_WATCHES} at one cluster together.
     * The default is {@value V3Source#CATCH_UP_WATCHES}.
     *
     * @throws IllegalArgumentException if the number is below 1
     */
    public Builder catchUpWatches(int most) {
      limits = StripeLimits.with(most);
      return this;
    }

    /**
     * The same for servers that send so few revisions at once, with room that no other source uses;
     * for tests.
     */
    Builder catchUpWatches(int most, int revisions) {
      limits = StripeLimits.ofShortAnswers(most, revisions);
      return this;
    }

    /** How long each endpoint must repeat a refusal before it is final; for tests. */
    Builder refused(Duration time) {
      refused = time;
      return this;
    }

    /** The source; nothing is connected yet. */
    public V3Source build() {
      return new V3Source(V3Client.connect(connections.pool(), endpoints, access, refused), limits);
    }
  }
}
