package org.etcdmirror.core.internal.run;

import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.log.LogEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two sides of a mirror, where its index is stored, and how keys map from one side to the
 * other.
 *
 * @param source the side that is read
 * @param sink the side that is written
 * @param indexStore where the index is stored; the sink itself if that commits both at once
 * @param mapper maps keys between them
 */
@SuppressWarnings("ReferenceEquality") // A sink may be the index store itself.
public record Sides(
    InspectableSource source, EventSink sink, IndexStore indexStore, KeyMapper mapper) {

  private static final Logger log = LoggerFactory.getLogger(Sides.class);

  /**
   * The largest batch that is applied as one with its index; no bound where that is not done. A
   * sink may lower it at any time.
   */
  public long maxAtomicBytes() {
    return sink instanceof AtomicSink both && both == indexStore
        ? both.maxAtomicBytes()
        : Long.MAX_VALUE;
  }

  /** Closes source, sink and index store, whatever any of them throws. */
  public void close(String link) {
    close(link, "source", source);
    close(link, "sink", sink);
    if (indexStore != sink) {
      close(link, "index store", indexStore);
    }
  }

  private static void close(String link, String what, AutoCloseable side) {
    try {
      side.close();
    } catch (Exception e) {
      log.warn(LogEvent.CLOSE_FAILED.marker(), "[link={}] closing the {} failed", link, what, e);
    }
  }
}
