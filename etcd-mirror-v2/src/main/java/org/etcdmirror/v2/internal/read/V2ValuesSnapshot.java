package org.etcdmirror.v2.internal.read;

import java.io.IOException;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** A snapshot without directories, for comparison with a source that knows none. */
public record V2ValuesSnapshot(Snapshot tree) implements Snapshot {

  @Override
  public SourceHead head() {
    return tree.head();
  }

  @Override
  public @Nullable Entry next() throws IOException, InterruptedException {
    Entry entry = tree.next();
    while (entry != null && !(entry instanceof Put)) {
      entry = tree.next();
    }
    return entry;
  }

  @Override
  public void close() {
    tree.close();
  }
}
