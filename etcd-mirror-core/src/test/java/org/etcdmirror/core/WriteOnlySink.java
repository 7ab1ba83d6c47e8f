package org.etcdmirror.core;

import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;

/** A sink that cannot be read. */
final class WriteOnlySink implements EventSink {

  @Override
  public KeyModel keyModel() {
    return KeyModel.PATHS;
  }

  @Override
  public void apply(EventBatch batch) {}

  @Override
  public void close() {}
}
