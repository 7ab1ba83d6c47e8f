package org.etcdmirror.v3.internal.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.etcdmirror.v3.rpc.Event;

/** Cuts off what makes one batch. */
final class BatchCut {

  private static final long BATCH_BYTES = 512 << 10;

  private BatchCut() {}

  /** Takes whole revisions off a queue of such, until they are large enough together. */
  static List<Event> from(Queue<Event> whole) {
    List<Event> taken = new ArrayList<>();
    long bytes = 0;
    long last = 0;
    for (Event next = whole.peek(); next != null; next = whole.peek()) {
      long revision = next.getKv().getModRevision();
      if (bytes >= BATCH_BYTES && revision != last) {
        break;
      }
      taken.add(whole.remove());
      last = revision;
      bytes += next.getSerializedSize();
    }
    return taken;
  }
}
