package org.etcdmirror.core.internal.snapshot;

import java.io.IOException;
import java.util.OptionalLong;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.internal.run.TaskMeter;
import org.jspecify.annotations.Nullable;

/** A snapshot whose entries are counted as they are read. */
public record CountedSnapshot(Snapshot snapshot, TaskMeter meter) implements Snapshot {

  @Override
  public SourceHead head() {
    return snapshot.head();
  }

  @Override
  public @Nullable Entry next() throws IOException, InterruptedException {
    Entry entry = snapshot.next();
    if (entry != null) {
      meter.read(snapshot.expectedEntries());
    }
    return entry;
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
    snapshot.renew();
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
