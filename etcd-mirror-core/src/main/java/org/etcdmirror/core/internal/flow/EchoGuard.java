package org.etcdmirror.core.internal.flow;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.internal.cutover.LoopGuard;
import org.etcdmirror.core.internal.keys.OwnText;
import org.etcdmirror.core.internal.run.Sides;

/**
 * Notices by what comes from the source that the mirror is told of its own writes, where the names
 * of clusters and prefixes did not tell ({@link LoopGuard}): something between renames keys. Its
 * own checkpoint among the data is {@link OwnText}'s. Used by the applier's thread alone.
 */
final class EchoGuard {

  private final String link;
  private final EventSink sink;
  private final IndexStore store;
  private final LoopGuard loopGuard;
  private final GrowingNames names;

  EchoGuard(String link, Sides sides, LoopGuard loopGuard) {
    this.link = link;
    this.sink = sides.sink();
    this.store = sides.indexStore();
    this.loopGuard = loopGuard;
    this.names = new GrowingNames(sides.mapper());
    sides.mapper().refuseText(new OwnText(link, store.signature()));
  }

  /**
   * Looks at a batch before it is written.
   *
   * @throws LoopException if the mirror made it itself
   */
  void check(EventBatch batch) {
    if (loopGuard.isOneCluster()) {
      batch.events().forEach(this::refuseOwn);
    }
    Bytes grown = names.grown(batch);
    if (grown != null) {
      throw OwnText.echo(
          link,
          "the source returned the same value %d times in a row after this mirror wrote it, each time under a name longer by the same bytes, last '%s'"
              .formatted(GrowingNames.MOST_TIMES, DisplayText.of(grown)));
    }
  }

  /** In one cluster each change has an index of its own, and what is at ours we made. */
  private void refuseOwn(MirrorEvent event) {
    SinkCluster cluster = sink.cluster();
    boolean own =
        !(event instanceof Refresh)
            && (store.hasWritten(event.index())
                || (cluster != null && cluster.hasWritten(event.index())));
    if (own) {
      throw OwnText.echo(
          link,
          "source and sink are the same cluster, and this mirror made the change at index %d that the source reported for key '%s'"
              .formatted(event.index(), DisplayText.of(event.key())));
    }
  }
}
