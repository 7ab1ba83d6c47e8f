package org.etcdmirror.v2;

import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.v2.internal.protocol.V2Paths;

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
  public EventSource createSource(SourceSettings settings) {
    return V2Source.builder()
        .endpoints(settings.address().endpoints())
        .access(settings.access())
        .build();
  }

  @Override
  public EventSink createSink(SinkSettings settings) {
    if (settings.checkpointKey() != null) {
      throw new IllegalArgumentException(
          "v2 keeps its index in %s/LINK; a key for it can't be chosen".formatted(V2Paths.INDEXES));
    }
    return V2Sink.builder()
        .endpoints(settings.address().endpoints())
        .access(settings.access())
        .build();
  }
}
