package org.etcdmirror.customsink;

import java.nio.file.Path;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.SinkProvider;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.api.tls.Access;

/** Serves {@code pools:PATH}: a {@link PoolFile} of conftool's pools, and its index beside. */
public final class PoolsProvider implements SinkProvider {

  private static final String ROOT = "/conftool/v1/pools";

  /** For {@link java.util.ServiceLoader}. */
  public PoolsProvider() {}

  @Override
  public String scheme() {
    return "pools";
  }

  @Override
  public EventSink createSink(SinkSettings settings) {
    if (!settings.access().equals(Access.ANONYMOUS)) {
      throw new IllegalArgumentException(
          "a file knows no users and certificates: '%s'; leave them out"
              .formatted(settings.address()));
    }
    if (settings.checkpointKey() != null) {
      throw new IllegalArgumentException(
          "the index in a file has no key: '%s'; leave it out".formatted(settings.address()));
    }
    Path file = Path.of(settings.address().rest()).toAbsolutePath();
    if (file.getFileName() == null) {
      throw new IllegalArgumentException(
          "address names no file: '%s'".formatted(settings.address()));
    }
    return new PoolFile(file, ROOT);
  }
}
