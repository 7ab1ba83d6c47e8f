package org.etcdmirror.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;

/**
 * Takes as much at once as has arrived, within bounds, and reduces it to what is to be written.
 * Used by the applier's thread alone.
 */
final class Gatherer {

  /**
   * What is to be applied as one.
   *
   * @param batch the events that are news
   * @param comparedAt if above the applied index, something that only a comparison tells of
   *     happened at this index
   */
  record Gathered(EventBatch batch, long comparedAt) {}

  private final HandOver handOver;
  private final Anchors anchors;
  private final Progress progress;
  private final Predicate<Bytes> directories;
  private final int maxEvents;
  private final long maxBytes;

  Gatherer(Parts parts, HandOver handOver, Anchors anchors) {
    this.handOver = handOver;
    this.anchors = anchors;
    this.progress = parts.progress();
    KeyMapper mapper = parts.mapper();
    this.directories = mapper.mirrorsDirectories() ? mapper::owns : key -> false;
    this.maxEvents = parts.maxBatchEvents();
    this.maxBytes = Math.min(parts.maxBatchBytes(), parts.maxAtomicBytes());
  }

  /** The first batch and those that wait behind it, up to the bounds, without what is applied. */
  Gathered gather(Work.Events first, long appliedThrough) {
    List<MirrorEvent> events = new ArrayList<>();
    long bytes = 0;
    long comparedAt = 0;
    Work.Events last = first;
    for (Work.Events next = first; next != null; ) {
      last = next;
      bytes += next.batch().bytes();
      comparedAt = Math.max(comparedAt, next.comparedAt());
      anchors.learn(next.standing(), appliedThrough);
      for (MirrorEvent event : next.batch().events()) {
        if (isNews(event, appliedThrough)) {
          events.add(event);
        }
      }
      next = handOver.pollEvents(first.clusterId(), maxEvents - events.size(), maxBytes - bytes);
    }
    if (comparedAt > appliedThrough) {
      // What is not told of may have changed any of them.
      anchors.forgetLearned();
    } else {
      anchors.follow(events, last.batch().index());
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

  /** The batch with the last event of each key alone. */
  EventBatch reduce(EventBatch batch) {
    List<MirrorEvent> events = Coalescer.coalesce(batch.events(), directories);
    progress.eventsCoalesced.addAndGet(batch.events().size() - events.size());
    return EventBatch.of(events, batch.index(), batch.headIndex());
  }
}
