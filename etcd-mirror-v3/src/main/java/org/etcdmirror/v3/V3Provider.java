package org.etcdmirror.v3;

import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.SourceSettings;

/**
 * Serves addresses of the form {@code v3:http://HOST:PORT,http://HOST:PORT}, all of them members of
 * one cluster. What it makes shares the {@linkplain V3Connections#ofProcess connections of the
 * process}. Safe for use by many threads.
 */
public final class V3Provider implements SinkProvider, SourceProvider {

  /** For {@link java.util.ServiceLoader}. */
  public V3Provider() {}

  @Override
  public String scheme() {
    return "v3";
  }

  @Override
  public EventSource createSource(SourceSettings settings) {
    V3Source.Builder source =
        V3Source.builder()
            .endpoints(settings.address().endpoints())
            .access(settings.access())
            .connections(V3Connections.ofProcess());
    Integer watches = settings.catchUpWatches();
    if (watches != null) {
      source.catchUpWatches(watches);
    }
    return source.build();
  }

  @Override
  public EventSink createSink(SinkSettings settings) {
    V3Sink.Builder sink =
        V3Sink.builder()
            .endpoints(settings.address().endpoints())
            .access(settings.access())
            .connections(V3Connections.ofProcess());
    if (settings.checkpointKey() != null) {
      sink.checkpointKey(settings.checkpointKey());
    }
    return sink.build();
  }
}
