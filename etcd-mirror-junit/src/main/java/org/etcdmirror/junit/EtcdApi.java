package org.etcdmirror.junit;

import java.util.List;
import java.util.Locale;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.EtcdServerBuilder;
import org.etcdmirror.v2.V2IndexStore;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;

/** The API by which a side of a {@link MirroredPair} is used. */
public enum EtcdApi {

  /** The HTTP API of paths and directories. Its server is the default etcd with v2. */
  V2 {
    @Override
    EtcdServer start() {
      return EtcdServer.start();
    }

    @Override
    EventSource source(String url) {
      return V2Source.of(url);
    }

    @Override
    ReadableSink sink(String url) {
      return V2Sink.of(url);
    }

    @Override
    IndexStore store(String url, String link) {
      return V2IndexStore.open(List.of(url), link);
    }
  },

  /** The gRPC API of plain keys. Its server is the newest etcd that is found, without v2. */
  V3 {
    @Override
    EtcdServer start() {
      EtcdServerBuilder builder = EtcdServer.builder().enableV2(false);
      List<EtcdBinary> found = EtcdBinary.all();
      if (!found.isEmpty()) {
        builder.binary(found.get(found.size() - 1));
      }
      return builder.start();
    }

    @Override
    EventSource source(String url) {
      return V3Source.of(url);
    }

    @Override
    ReadableSink sink(String url) {
      return V3Sink.of(url);
    }

    @Override
    IndexStore store(String url, String link) {
      return V3Sink.of(url).indexStore(link);
    }
  };

  abstract EtcdServer start();

  abstract EventSource source(String url);

  abstract ReadableSink sink(String url);

  /** The checkpoint of the link that writes to this cluster. */
  abstract IndexStore store(String url, String link);

  /** How addresses of this API begin, before a colon. */
  String scheme() {
    return name().toLowerCase(Locale.ROOT);
  }
}
