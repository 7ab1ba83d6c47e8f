package org.etcdmirror.v2;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SourceProvider;

/**
 * Serves addresses of the form {@code v2:http://HOST:PORT,http://HOST:PORT}, all of them servers of
 * one cluster. Safe for use by many threads.
 */
public final class V2Provider implements SinkProvider, SourceProvider {

  /** For {@link java.util.ServiceLoader}. */
  public V2Provider() {}

  @Override
  public String scheme() {
    return "v2";
  }

  @Override
  public EventSource createSource(MirrorAddress address) {
    return V2Source.builder().endpoints(address.endpoints()).build();
  }

  @Override
  public EventSink createSink(MirrorAddress address, List<Bytes> prefixes) {
    return V2Sink.builder().endpoints(address.endpoints()).prefixes(prefixes).build();
  }

  @Override
  public IndexStore createIndexStore(MirrorAddress address, String link) {
    return V2IndexStore.open(address.endpoints(), link);
  }
}
