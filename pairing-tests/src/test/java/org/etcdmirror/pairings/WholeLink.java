package org.etcdmirror.pairings;

import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.v2.V2IndexStore;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;
import org.jspecify.annotations.Nullable;

/**
 * A server whose whole keyspace is mirrored, by one of its two APIs.
 *
 * @param checkpoint the key of the checkpoint of a link to here; null for the default
 */
record WholeLink(String kind, EtcdServer server, String link, @Nullable String checkpoint) {

  /** The whole keyspace, as both sides can name it. */
  static MirrorScope scope(WholeLink source, WholeLink sink) {
    boolean bytes = source.kind.equals("v3") && sink.kind.equals("v3");
    return MirrorScope.of(bytes ? "" : "/");
  }

  private String url() {
    return server.clientUrl().toString();
  }

  EventSource source() {
    return kind.equals("v2")
        ? V2Source.builder().endpoints(url()).build()
        : V3Source.builder().endpoints(url()).build();
  }

  private V3Sink v3Sink() {
    V3Sink.Builder sink = V3Sink.builder().endpoints(url());
    return (checkpoint == null ? sink : sink.checkpointKey(Bytes.utf8(checkpoint))).build();
  }

  IndexStore indexStore() {
    return kind.equals("v2") ? V2IndexStore.open(List.of(url()), link) : v3Sink().indexStore(link);
  }

  /** A mirror of everything from here to there. */
  EtcdMirrorBuilder to(WholeLink sink, MirrorScope scope) {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .source(source())
            .scope(scope)
            .deleteLimit(DeleteLimit.percent(100))
            .link(sink.link);
    return sink.kind.equals("v2")
        ? builder.sink(V2Sink.of(sink.url()))
        : builder.sink(sink.v3Sink());
  }

  EtcdMirrorBuilder to(WholeLink sink) {
    return to(sink, scope(this, sink));
  }

  Keyspace keys() {
    return Keyspace.of(kind, server);
  }

  /** All keys except the indexes that mirrors store by default. */
  Map<String, String> values() {
    Map<String, String> values = keys().values("/");
    values.keySet().removeIf(key -> key.startsWith("/__replication/"));
    return values;
  }
}
