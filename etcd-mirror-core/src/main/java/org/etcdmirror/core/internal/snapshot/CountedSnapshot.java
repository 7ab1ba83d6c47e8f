package org.etcdmirror.core.internal.snapshot;

import java.io.IOException;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.internal.ForwardingSnapshot;
import org.etcdmirror.core.internal.run.TaskMeter;
import org.jspecify.annotations.Nullable;

/** A snapshot whose entries are counted as they are read. */
public final class CountedSnapshot extends ForwardingSnapshot {

  private final TaskMeter meter;

  public CountedSnapshot(Snapshot snapshot, TaskMeter meter) {
    super(snapshot);
    this.meter = meter;
  }

  @Override
  public @Nullable Entry next() throws IOException, InterruptedException {
    Entry entry = snapshot.next();
    if (entry != null) {
      meter.read(snapshot.expectedEntries());
    }
    return entry;
  }
}
