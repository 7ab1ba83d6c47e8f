package org.etcdmirror.customsink;

import java.nio.file.Path;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.SinkSettings;
import org.etcdmirror.core.internal.identity.StoreBeside;

/** Serves {@code pools:PATH}: a {@link PoolFile} of conftool's pools, and its index beside. */
public final class PoolsProvider extends FileProvider {

  private static final String ROOT = "/conftool/v1/pools";

  /** For {@link java.util.ServiceLoader}. */
  public PoolsProvider() {
    super("pools");
  }

  @Override
  public EventSink createSink(SinkSettings settings) {
    return new PoolFile(file(settings), ROOT);
  }

  /** Nothing: what was before would be missing in a new file. */
  @Override
  IndexStore tied(Path file, IndexStore index) {
    return StoreBeside.of(file, index);
  }
}
