package org.etcdmirror.core.internal.side;

import java.io.IOException;
import java.util.Optional;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.internal.ForwardingSnapshot;
import org.jspecify.annotations.Nullable;

/** A snapshot whose failures name their side. */
final class SideSnapshot extends ForwardingSnapshot {

  private final Side side;

  SideSnapshot(Side side, Snapshot snapshot) {
    super(snapshot);
    this.side = side;
  }

  @Override
  public MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException {
    return side.call(() -> Optional.ofNullable(snapshot.next())).orElse(null);
  }

  @Override
  public void renew() throws IOException, InterruptedException {
    side.run(snapshot::renew);
  }
}
