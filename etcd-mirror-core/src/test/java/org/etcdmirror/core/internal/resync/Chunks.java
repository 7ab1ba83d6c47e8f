package org.etcdmirror.core.internal.resync;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SnapshotExpiredException;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** A snapshot of a test whose index lasts for one chunk. */
class Chunks implements Snapshot {

  private record Chunk(SourceHead head, Deque<MirrorEvent.Entry> entries) {}

  private final Deque<Chunk> chunks = new ArrayDeque<>();

  /** One more chunk, at this index. */
  Chunks at(long index, MirrorEvent.Entry... entries) {
    return at("cluster-1", index, entries);
  }

  Chunks at(String cluster, long index, MirrorEvent.Entry... entries) {
    chunks.add(new Chunk(new SourceHead(cluster, index), new ArrayDeque<>(List.of(entries))));
    return this;
  }

  @Override
  public SourceHead head() {
    return chunks.element().head();
  }

  @Override
  public MirrorEvent.@Nullable Entry next() throws SnapshotExpiredException {
    MirrorEvent.Entry next = chunks.element().entries().poll();
    if (next == null && chunks.size() > 1) {
      throw new SnapshotExpiredException("compacted", null);
    }
    return next;
  }

  @Override
  public boolean isRenewable() {
    return true;
  }

  @Override
  public void renew() {
    chunks.remove();
  }

  @Override
  public void close() {}
}
