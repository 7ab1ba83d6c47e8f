package org.etcdmirror.core.internal.side;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** A snapshot whose failures name their side. */
record SideSnapshot(Side side, Snapshot snapshot) implements Snapshot {

  @Override
  public SourceHead head() {
    return snapshot.head();
  }

  @Override
  public MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException {
    return side.call(() -> Optional.ofNullable(snapshot.next())).orElse(null);
  }

  @Override
  public OptionalLong expectedEntries() {
    return snapshot.expectedEntries();
  }

  @Override
  public boolean isRenewable() {
    return snapshot.isRenewable();
  }

  @Override
  public void renew() throws IOException, InterruptedException {
    side.run(snapshot::renew);
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
