package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import java.util.Queue;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.internal.ForwardingSnapshot;
import org.jspecify.annotations.Nullable;

/** Notes values with U+FFFD while a snapshot is read; a stream of the same source reports them. */
public final class LossNotingSnapshot extends ForwardingSnapshot {

  private static final Bytes REPLACEMENT = Bytes.utf8(String.valueOf(EventTranslator.REPLACEMENT));

  private final Queue<SourceNotice> notices;
  private long lossy;
  private @Nullable Put first;

  public LossNotingSnapshot(Snapshot snapshot, Queue<SourceNotice> notices) {
    super(snapshot);
    this.notices = notices;
  }

  @Override
  public @Nullable Entry next() throws IOException, InterruptedException {
    Entry entry = snapshot.next();
    if (entry instanceof Put put && isLossy(put.value())) {
      first = first == null ? put : first;
      lossy++;
    }
    return entry;
  }

  private static boolean isLossy(Bytes value) {
    for (int i = 0; i <= value.size() - REPLACEMENT.size(); i++) {
      if (value.at(i) == REPLACEMENT.at(0)
          && value.at(i + 1) == REPLACEMENT.at(1)
          && value.at(i + 2) == REPLACEMENT.at(2)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    if (first != null) {
      notices.add(EventTranslator.lossyValue(first.key().utf8(), first.index(), lossy));
      first = null;
    }
    snapshot.close();
  }
}
