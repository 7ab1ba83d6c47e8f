package org.etcdmirror.pairings.matrix;

import java.net.URI;
import java.util.List;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v2.V2IndexStore;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;

/** The API of both sides. */
enum Api {
  V3("v3 to v3") {
    @Override
    Server server() {
      return V3Server.start();
    }

    @Override
    Tap tap(URI etcd, String prefix) {
      return new V3Tap(etcd, prefix);
    }

    @Override
    EventSource source(URI url) {
      return V3Source.builder().endpoints(url.toString()).access(user()).build();
    }

    @Override
    V3Sink sink(URI url) {
      return V3Sink.builder().endpoints(url.toString()).access(user()).build();
    }

    @Override
    IndexStore store(URI url, String link) {
      return sink(url).indexStore(link);
    }

    private Access user() {
      return Access.user(V3Server.USER, () -> V3Server.PASSWORD);
    }
  },

  V2("v2 to v2") {
    @Override
    Server server() {
      return V2Server.start();
    }

    @Override
    Tap tap(URI etcd, String prefix) {
      return new V2Tap(etcd, prefix);
    }

    @Override
    EventSource source(URI url) {
      return V2Source.of(url.toString());
    }

    @Override
    EventSink sink(URI url) {
      return V2Sink.of(url.toString());
    }

    @Override
    IndexStore store(URI url, String link) {
      return V2IndexStore.open(List.of(url.toString()), link);
    }
  };

  private final String title;

  Api(String title) {
    this.title = title;
  }

  /** Starts a server. */
  abstract Server server();

  /** A tap before a server, for a mirror of a prefix. */
  abstract Tap tap(URI etcd, String prefix);

  abstract EventSource source(URI url);

  abstract EventSink sink(URI url);

  /** The index store of a link to there. */
  abstract IndexStore store(URI url, String link);

  @Override
  public String toString() {
    return title;
  }
}
