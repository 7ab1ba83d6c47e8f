package org.etcdmirror.service.tiny;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.core.InMemoryIndexStore;
import org.etcdmirror.core.InMemorySink;

/** A plug-in as somebody else would write it: the scheme {@code tiny}, all in memory. */
public final class TinyProvider implements SourceProvider, SinkProvider {

  @Override
  public String scheme() {
    return "tiny";
  }

  @Override
  public EventSource createSource(MirrorAddress address) {
    return switch (address.rest()) {
      case "quiet" -> new TinySource();
      case "denied" -> new DeniedSource();
      case "hanging" -> new HangingSource();
      default -> throw new IllegalArgumentException("'" + address.rest() + "' is no tiny source");
    };
  }

  @Override
  public EventSink createSink(MirrorAddress address, List<Bytes> prefixes) {
    return InMemorySink.paths();
  }

  @Override
  public IndexStore createIndexStore(MirrorAddress address, String link) {
    if (address.rest().equals("forgetful")) {
      throw new IllegalArgumentException("this sink keeps no index named '" + link + "'");
    }
    return new InMemoryIndexStore();
  }
}
