package org.etcdmirror.core.internal.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.etcdmirror.api.BatchTooLargeException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.internal.checkpoint.Anchors;
import org.etcdmirror.core.internal.keys.Coalescer;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.queue.WorkQueue;
import org.etcdmirror.core.internal.run.Limits;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Sides;

/**
 * Takes as much at once as has arrived, within bounds, and reduces it to what is to be written.
 * Used by the applier's thread alone.
 */
public final class BatchMerger {

  /**
   * Takes the batches that are applied as one.
   *
   * @param batch the events that are news
   * @param comparedAt if above the applied index, the index of something that only a comparison
   *     finds happened at this index
   */
  public record Gathered(EventBatch batch, long comparedAt) {}

  private final WorkQueue queue;
  private final Anchors anchors;
  private final Progress progress;
  private final Predicate<Bytes> directories;
  private final int maxEvents;
  private final long maxBytes;
  private final LongSupplier maxAtomicBytes;

  public BatchMerger(
      Limits limits, Sides sides, Progress progress, WorkQueue queue, Anchors anchors) {
    this.queue = queue;
    this.anchors = anchors;
    this.progress = progress;
    KeyMapper mapper = sides.mapper();
    this.directories = mapper.mirrorsDirectories() ? mapper::owns : key -> false;
    this.maxEvents = limits.batchEvents();
    this.maxBytes = limits.batchBytes();
    this.maxAtomicBytes = sides::maxAtomicBytes;
  }

  /** The first batch and those that wait behind it, up to the bounds, without what is applied. */
  public Gathered gather(Work.Events first, long appliedThrough) {
    List<MirrorEvent> events = new ArrayList<>();
    long most = Math.min(maxBytes, maxAtomicBytes.getAsLong());
    long bytes = 0;
    long comparedAt = 0;
    LastChange changed = first.last();
    Work.Events last = first;
    for (Work.Events next = first; next != null; ) {
      last = next;
      bytes += next.batch().bytes();
      comparedAt = Math.max(comparedAt, next.comparedAt());
      changed = changed.then(next.last());
      anchors.learn(next.standing(), appliedThrough);
      for (MirrorEvent event : next.batch().events()) {
        if (isNews(event, appliedThrough)) {
          events.add(event);
        }
      }
      next = queue.pollEvents(first.clusterId(), maxEvents - events.size(), most - bytes);
    }
    if (comparedAt > appliedThrough) {
      // What it did to the keys that are followed is not known before the comparison is done.
      anchors.standStill();
    } else {
      anchors.follow(events, changed);
    }
    return new Gathered(
        EventBatch.of(events, last.batch().index(), last.batch().headIndex()), comparedAt);
  }

  /**
   * A refresh is learned while the stream stands still, so it is news also at the index that is
   * applied. Below that a snapshot has overtaken it, and its key may no longer be what it was.
   */
  private static boolean isNews(MirrorEvent event, long appliedThrough) {
    return event.index() > appliedThrough
        || (event instanceof MirrorEvent.Refresh && event.index() == appliedThrough);
  }

  /**
   * Splits a batch that the sink refused as too large.
   *
   * @throws BatchTooLargeException the refusal, if there is nothing to cut
   */
  List<EventBatch> cut(EventBatch batch, BatchTooLargeException refusal) {
    // Smaller in any case, so that it comes to an end whatever the sink says of itself.
    long most = Math.min(maxAtomicBytes.getAsLong(), batch.bytes() - 1);
    List<EventBatch> pieces = BatchSplitter.of(batch, most);
    if (pieces.size() == 1) {
      throw refusal;
    }
    return pieces;
  }

  /** The batch with the last event of each key alone. */
  EventBatch reduce(EventBatch batch) {
    List<MirrorEvent> events = Coalescer.coalesce(batch.events(), directories);
    progress.counters.eventsCoalesced.addAndGet(batch.events().size() - events.size());
    return EventBatch.of(events, batch.index(), batch.headIndex());
  }
}
