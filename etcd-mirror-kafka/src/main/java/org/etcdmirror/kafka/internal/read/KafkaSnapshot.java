package org.etcdmirror.kafka.internal.read;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.kafka.internal.sort.LastOfEachKey;
import org.jspecify.annotations.Nullable;

/** What topics hold in a selection: read before, sorted when it is asked for. */
public final class KafkaSnapshot implements Snapshot {

  private final SourceHead head;
  private final LastOfEachKey entries;

  /** The entries are closed with this. */
  KafkaSnapshot(SourceHead head, LastOfEachKey entries) {
    this.head = head;
    this.entries = entries;
  }

  @Override
  public SourceHead head() {
    return head;
  }

  @Override
  public @Nullable Entry next() throws IOException {
    return entries.next();
  }

  @Override
  public void close() {
    try {
      entries.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the temporary file of a snapshot", e);
    }
  }
}
