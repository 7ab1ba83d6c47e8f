package org.etcdmirror.v2;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.etcdmirror.api.Access;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.Start;
import org.jspecify.annotations.Nullable;

/**
 * Reads and follows an etcd v2 cluster (etcd 2.3 to 3.5, with {@code --enable-v2} from 3.4 on).
 *
 * <p>Snapshots are quorum reads of the lowest directory with all prefixes in it, held in memory
 * whole, because v2 has no pages. Streams survive quiet prefixes in busy clusters and bursts: the
 * watch is handed over, at least once a second, before the cluster's 1000 events of history can
 * matter. Hidden keys (a segment below that directory begins with an underscore) are left out, as
 * v2's own reads do. Bytes that are not UTF-8 cannot be read through v2; such values are taken as
 * they come and reported as {@link SourceNotice.Kind#LOSSY_VALUE}.
 *
 * <p>Safe for use by many threads. {@link #close} ends all streams.
 */
public final class V2Source implements EventSource {

  /** Below a prefix: never there, never listed, cheap; the answer bears the cluster's index. */
  private static final String NO_SUCH_KEY = "/_etcd-mirror/head";

  private final V2Client client;
  private final Queue<SourceNotice> notices = new ConcurrentLinkedQueue<>();
  private volatile @Nullable String clusterId;

  private V2Source(V2Client client) {
    this.client = client;
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
    SourceHead head = readHead(V2Tree.commonAncestor(selection.prefixes()));
    clusterId = head.clusterId();
    return head;
  }

  private SourceHead readHead(String root) throws IOException, InterruptedException {
    try {
      String below = root.equals(V2Paths.ROOT) ? NO_SUCH_KEY : root + NO_SUCH_KEY;
      V2Answer answer = client.get(below, "quorum=true");
      return new SourceHead(answer.clusterId(), answer.etcdIndex());
    } catch (V2ErrorException e) {
      String id = e.clusterId();
      boolean answered =
          e.errorCode() == V2ErrorException.KEY_NOT_FOUND
              || e.errorCode() == V2ErrorException.NOT_A_DIRECTORY;
      if (answered && id != null) {
        return new SourceHead(id, e.index());
      }
      throw e;
    }
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    return new LossNotingSnapshot(V2Tree.read(client, selection), notices);
  }

  @Override
  public EventStream open(Selection selection, Start start)
      throws IOException, HistoryClearedException, InterruptedException {
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

    /** Who asks, and by which certificates. By default nobody in particular. */
    public Builder access(Access access) {
      this.access = requireNonNull(access, "access");
      return this;
    }

    /**
     * The source; nothing is connected yet.
     *
     * @throws IllegalArgumentException if there is no endpoint, or one is not of the form {@code
     *     http://HOST:PORT}, or a certificate can't be used
     */
    public V2Source build() {
      return new V2Source(V2Client.connect(endpoints, access));
    }
  }
}
