package org.etcdmirror.core.internal.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.core.internal.checkpoint.Anchors;
import org.etcdmirror.core.internal.checkpoint.ExpiringKeys;
import org.etcdmirror.core.internal.checkpoint.NewestPuts;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Sides;

/** Turns what the source tells into work for the applier. Used by the reader's thread alone. */
final class EventMapping {

  private final KeyMapper mapper;
  private final LongSupplier maxPieceBytes;
  private final Progress progress;
  private final ExpiringKeys expiring;

  EventMapping(Sides sides, Progress progress, ExpiringKeys expiring) {
    this.expiring = expiring;
    this.mapper = sides.mapper();
    this.maxPieceBytes = sides::maxAtomicBytes;
    this.progress = progress;
  }

  /** The batch under the sink's keys, in pieces that can be applied as one. */
  List<Work.Events> of(EventBatch batch, String clusterId) {
    List<MirrorEvent> mapped = new ArrayList<>(batch.events().size());
    NewestPuts puts = new NewestPuts(mapper);
    long comparedAt = 0;
    for (int i = 0; i < batch.events().size(); i++) {
      MirrorEvent event = batch.events().get(i);
      int before = mapped.size();
      mapper.map(event, mapped);
      learnExpiry(event, mapped.subList(before, mapped.size()));
      if (event instanceof DeleteTree tree && mapper.needsComparison(tree)) {
        comparedAt = tree.index();
      } else if (mapped.size() == before) {
        progress.counters.eventsFiltered.incrementAndGet();
      } else if (event instanceof Put put && Anchors.isSteady(put, mapper.sourceModel())) {
        List<MirrorEvent> made = mapped.subList(before, mapped.size());
        puts.add(new NewestPuts.Version(put.key(), i, isLasting(put, made)));
      }
    }
    List<EventBatch> pieces =
        BatchSplitter.of(
            EventBatch.of(mapped, batch.index(), batch.headIndex()), maxPieceBytes.getAsLong());
    List<Work.Events> work = new ArrayList<>(pieces.size());
    for (int i = 0; i < pieces.size() - 1; i++) {
      EventBatch piece = pieces.get(i);
      LastChange within = LastChange.at(piece.index());
      work.add(new Work.Events(clusterId, piece, List.of(), within, comparedAt, batch.seenNanos()));
    }
    work.add(
        new Work.Events(
            clusterId,
            pieces.get(pieces.size() - 1),
            standing(batch.events(), puts),
            lastChange(batch),
            comparedAt,
            batch.seenNanos()));
    return work;
  }

  /** Of the source's selection, whether the sink gets the events or not. */
  private static LastChange lastChange(EventBatch batch) {
    List<MirrorEvent> events = batch.events();
    long put = 0;
    for (MirrorEvent event : events) {
      if (event instanceof Put) {
        put = event.index();
      }
    }
    if (events.isEmpty()) {
      return new LastChange(put, 0, batch.index());
    }
    MirrorEvent last = events.get(events.size() - 1);
    boolean isDelete = last instanceof Delete || last instanceof DeleteTree;
    return new LastChange(put, last.index(), batch.index(), isDelete ? last.key() : null);
  }

  private boolean isLasting(Put put, List<MirrorEvent> made) {
    return put.expiresAt() == null && made.stream().noneMatch(one -> expiring.contains(one.key()));
  }

  private void learnExpiry(MirrorEvent event, List<MirrorEvent> made) {
    boolean expires = event instanceof Entry entry && entry.expiresAt() != null;
    if (expires || !expiring.isEmpty()) {
      if (event instanceof Put) {
        expiring.learn(
            made.stream().filter(Put.class::isInstance).map(MirrorEvent::key).toList(), expires);
      } else if (event instanceof MakeDirectory directory && !directory.implied()) {
        expiring.learn(mapper.held(directory.key()), expires);
      }
    }
  }

  /** Those of the puts that nothing after them has changed. */
  private List<Anchors.Standing> standing(List<MirrorEvent> events, NewestPuts puts) {
    List<Anchors.Standing> standing = new ArrayList<>();
    for (NewestPuts.Version one : puts.get()) {
      int at = (int) one.index();
      MirrorEvent put = events.get(at);
      List<MirrorEvent> later = events.subList(at + 1, events.size());
      if (later.stream().noneMatch(event -> changes(event, put))) {
        standing.add(
            new Anchors.Standing(put.key(), put.index(), mapper.held(put.key()), one.lasting()));
      }
    }
    return standing;
  }

  private static boolean changes(MirrorEvent event, MirrorEvent put) {
    return event instanceof DeleteTree
        ? KeyModel.PATHS.covers(event.key(), put.key())
        : !(event instanceof Refresh) && event.key().equals(put.key());
  }
}
