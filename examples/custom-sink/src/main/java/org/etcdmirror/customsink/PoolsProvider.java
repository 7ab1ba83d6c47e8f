package org.etcdmirror.customsink;

import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.SinkSettings;

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
}
