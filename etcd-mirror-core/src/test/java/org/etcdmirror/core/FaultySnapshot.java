package org.etcdmirror.core;

import java.io.IOException;
import java.util.OptionalLong;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** A snapshot with another head that may fail while it is read. */
record FaultySnapshot(Snapshot entries, SourceHead head, Faults faults) implements Snapshot {

  @Override
  public @Nullable Entry next() throws IOException, InterruptedException {
    faults.at("next");
    return entries.next();
  }

  @Override
  public OptionalLong expectedEntries() {
    return entries.expectedEntries();
  }

  @Override
  public void close() {}
}
