package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;

/**
 * Refuses an index that is further ahead than the source is. Stored once, it would make every later
 * event an old one. Only a leap costs a look at the source's head. For the reader's thread.
 */
final class LeapCheck {

  /** The largest credible leap. At 100,000 changes a second a cluster needs half a day for it. */
  private static final long FAR = 1L << 32;

  private final EventSource source;
  private final Selection selection;
  private long known;

  /** Creates the check for one stream of a source that was known to be at this index. */
  LeapCheck(EventSource source, Selection selection, long known) {
    this.source = source;
    this.selection = selection;
    this.known = known;
  }

  /**
   * Looks at a batch before anything of it is used.
   *
   * @throws IOException if the source has not come so far
   */
  void of(EventBatch batch) throws IOException, InterruptedException {
    long told = batch.headIndex();
    if (told - known > FAR) {
      SourceHead head = source.head(selection);
      if (head.index() < told) {
        throw new IOException(
            "stream of the source is ahead of the source: stream index %d, source index %d; its events are dropped"
                .formatted(told, head.index()));
      }
    }
    known = Math.max(known, told);
  }
}
