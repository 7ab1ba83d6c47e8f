package org.etcdmirror.v3;

import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.SourceSettings;

/**
 * Serves addresses of the form {@code v3:http://HOST:PORT,http://HOST:PORT}, all of them members of
 * one cluster. Safe for use by many threads.
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
    return V3Source.builder()
        .endpoints(settings.address().endpoints())
        .access(settings.access())
        .build();
  }

  @Override
  public EventSink createSink(SinkSettings settings) {
    V3Sink.Builder sink =
        V3Sink.builder()
            .endpoints(settings.address().endpoints())
            .access(settings.access())
            .prefixes(settings.prefixes());
    if (settings.checkpointKey() != null) {
      sink.checkpointKey(settings.checkpointKey());
    } else if (settings.link() != null) {
      sink.link(name(settings.link()));
    } else {
      throw new IllegalArgumentException("v3 keeps its index in the target: name a link");
    }
    return sink.build();
  }

  /** A link that is named by its prefix needs no second slash. */
  private static String name(String link) {
    String name = link.startsWith("/") ? link.substring(1) : link;
    return name.isEmpty() ? "__ROOT__" : name;
  }

  @Override
  public IndexStore createIndexStore(SinkSettings settings) {
    throw new IllegalArgumentException("a v3 sink is its own index store");
  }
}
