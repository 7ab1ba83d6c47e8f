package org.etcdmirror.customsink;

import java.util.Iterator;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** Pools as the engine compares them with the source. */
final class PoolsSnapshot implements Snapshot {

  private final SourceHead head;
  private final Iterator<Put> rest;

  PoolsSnapshot(long index, Iterator<Put> rest) {
    this.head = new SourceHead("pools", index);
    this.rest = rest;
  }

  @Override
  public SourceHead head() {
    return head;
  }

  @Override
  public MirrorEvent.@Nullable Entry next() {
    return rest.hasNext() ? rest.next() : null;
  }

  @Override
  public void close() {}
}
