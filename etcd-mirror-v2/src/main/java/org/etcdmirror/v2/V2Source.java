package org.etcdmirror.v2;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.connection.V2Limits;
import org.etcdmirror.v2.internal.index.V2StoredLinks;
import org.etcdmirror.v2.internal.read.V2Head;
import org.etcdmirror.v2.internal.read.V2LastChangeCheck;
import org.etcdmirror.v2.internal.read.V2Snapshot;
import org.etcdmirror.v2.internal.read.V2Tree;
import org.etcdmirror.v2.internal.watch.LossNotingSnapshot;
import org.etcdmirror.v2.internal.watch.V2AnchorCheck;
import org.etcdmirror.v2.internal.watch.V2EventStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads and follows an etcd v2 cluster (etcd 2.3 to 3.5, with {@code --enable-v2} from 3.4 on).
 *
 * <p>Snapshots are quorum reads of the lowest directory with all prefixes in it, held in memory
 * whole, because v2 has no pages; that of one exact key reads no more than it. Streams survive
 * quiet prefixes in busy clusters and bursts: the watch is proven whole, at least once a second,
 * before the cluster's 1000 events of history can matter. Each endpoint must be one member, reached
 * directly or through a TCP proxy: behind an HTTP proxy that ends a half-closed connection, the
 * index moves with events only, those of all clients ({@link SourceNotice.Kind#SILENCE_UNPROVEN}).
 * Hidden keys (a segment below that directory begins with an underscore) are left out, as v2's own
 * reads do. Bytes that are not UTF-8 cannot be read through v2; such values are taken as they come
 * and reported as {@link SourceNotice.Kind#LOSSY_VALUE}.
 *
 * <p>Safe for use by many threads. {@link #close} ends all streams.
 */
public final class V2Source implements InspectableSource {

  /** etcd's newWatchHub(1000); the same from 2.0 to 3.5, seen on 3.4.23. */
  private static final long KEPT_EVENTS = 1000;

  private final V2Client client;
  private final Queue<SourceNotice> notices = new ConcurrentLinkedQueue<>();
  private volatile @Nullable String clusterId;

  /** Where the last snapshot was read from. */
  private volatile @Nullable String snapshotEndpoint;

  private V2Source(V2Client client) {
    this.client = client;
  }

  /**
   * A source with the defaults, by an anonymous user.
   *
   * @param endpoints the servers of the cluster, each as {@code http://HOST:PORT}
   * @throws IllegalArgumentException if there is no endpoint, or one is not of that form
   */
  public static V2Source of(String... endpoints) {
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

  @Override
  public SourceHead head(Selection selection) throws IOException, InterruptedException {
    SourceHead head = V2Head.read(client, V2Tree.commonAncestor(selection.prefixes()));
    clusterId = head.clusterId();
    return head;
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    return snapshot(selection, null);
  }

  @Override
  public Snapshot secondSnapshot(Selection selection) throws IOException, InterruptedException {
    return snapshot(selection, snapshotEndpoint);
  }

  private Snapshot snapshot(Selection selection, @Nullable String lastResort)
      throws IOException, InterruptedException {
    V2Snapshot snapshot = V2Tree.read(client, selection, lastResort);
    snapshotEndpoint = snapshot.endpoint();
    return new LossNotingSnapshot(snapshot, notices);
  }

  /** The last 1000 events of the whole keyspace, of all clients. */
  @Override
  public SourceHistory history(Selection selection) throws IOException, InterruptedException {
    long current = head(selection).index();
    return new SourceHistory(Math.max(1, current - KEPT_EVENTS + 1), current);
  }

  /**
   * Told from the key's {@code modifiedIndex}, and from history as long as it reaches back to the
   * anchor. A key with a time to live proves nothing, because it is refreshed without an event.
   */
  @Override
  public Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    return V2AnchorCheck.check(client, anchor, clusterId);
  }

  /**
   * The values of the selection are read by one quorum read. One without a time to live that was
   * put in the quiet time shows another history, and so does any that the last change deleted.
   */
  @Override
  public Anchor.Check check(Selection selection, LastChange last)
      throws IOException, InterruptedException {
    return V2LastChangeCheck.check(client, selection, last, clusterId);
  }

  /**
   * What is kept under {@code /__replication} in this cluster. The index of a link whose name has a
   * segment that begins with an underscore is not found, as v2 lists no such key.
   */
  @Override
  public List<StoredLink> storedLinks() throws IOException, InterruptedException {
    return new V2StoredLinks(client).read();
  }

  @Override
  public EventStream open(Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException {
    String known = clusterId;
    String id = known != null ? known : head(selection).clusterId();
    return V2EventStream.open(client, selection, start, id, notices);
  }

  @Override
  public void close() {
    client.close();
  }

  /** Collects what a source is made of. Not safe for use by several threads. */
  public static final class Builder {

    private List<String> endpoints = List.of();
    private Access access = Access.ANONYMOUS;
    private V2Limits limits = V2Limits.DEFAULT;

    private Builder() {}

    /**
     * The servers of the cluster, each as {@code http://HOST:PORT}. When one fails or lags behind,
     * the next is asked. There is no default.
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

    /** For tests. */
    Builder limits(V2Limits other) {
      limits = other;
      return this;
    }

    /**
     * The source; nothing is connected yet.
     *
     * @throws IllegalArgumentException if there is no endpoint, or one is not of the form {@code
     *     http://HOST:PORT}, or a certificate can't be used
     */
    public V2Source build() {
      return new V2Source(V2Client.connect(endpoints, access, limits));
    }
  }
}
