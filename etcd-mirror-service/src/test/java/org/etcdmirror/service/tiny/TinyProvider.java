package org.etcdmirror.service.tiny;

import java.nio.file.Path;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.core.store.InMemorySink;

/** A third-party plug-in: the scheme {@code tiny}, all in memory. */
public final class TinyProvider implements SourceProvider, SinkProvider {

  private static final String GATED = "gated=";

  @Override
  public String scheme() {
    return "tiny";
  }

  @Override
  public EventSource createSource(SourceSettings settings) {
    MirrorAddress address = settings.address();
    if (address.rest().startsWith(GATED)) {
      return new GatedSource(Path.of(address.rest().substring(GATED.length())));
    }
    return switch (address.rest()) {
      case "quiet" -> new TinySource();
      case "chatty" -> new ChattySource();
      case "denied" -> new DeniedSource();
      case "hanging" -> new HangingSource();
      case "unlinked" -> throw new NoClassDefFoundError("com/example/Missing");
      default -> throw new IllegalArgumentException("'" + address.rest() + "' is no tiny source");
    };
  }

  @Override
  public EventSink createSink(SinkSettings settings) {
    return InMemorySink.paths();
  }
}
