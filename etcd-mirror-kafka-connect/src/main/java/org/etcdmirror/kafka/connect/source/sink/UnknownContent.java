package org.etcdmirror.kafka.connect.source.sink;

import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a topic that cannot be read: nothing, so each entry of the source is written.
 */
final class UnknownContent implements Snapshot {

  @Override
  public SourceHead head() {
    return new SourceHead("kafka", 0);
  }

  @Override
  public MirrorEvent.@Nullable Entry next() {
    return null;
  }

  @Override
  public void close() {}
}
