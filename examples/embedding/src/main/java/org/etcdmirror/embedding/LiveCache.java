package org.etcdmirror.embedding;

import java.time.Duration;
import java.util.Optional;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.v2.V2Source;

/** A live copy of a part of an etcd v2 in this process: a read does not ask a server. */
public final class LiveCache implements AutoCloseable {

  private final InMemorySink values = InMemorySink.paths();
  private final EtcdMirror mirror;

  /** A cache of all below the prefix, filling from now on. */
  public LiveCache(String server, String prefix) {
    mirror =
        EtcdMirror.builder()
            .source(V2Source.of(server))
            .sink(values)
            .scope(MirrorScope.of(prefix))
            .build();
    mirror.start();
  }

  /** The value as it was a moment ago. */
  public Optional<String> get(String key) {
    return values.get(Bytes.utf8(key)).map(Bytes::utf8);
  }

  /** Waits until this cache holds all that had happened at an index of the server. */
  public boolean await(long index, Duration timeout) throws InterruptedException {
    return mirror.await(index, timeout);
  }

  @Override
  public void close() {
    mirror.close();
  }
}
