package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The applier's thread: takes what was read, applies as much at once as has arrived, and moves the
 * index behind it. It alone touches the sink and the index store.
 */
final class Applier {

  private static final Logger log = LoggerFactory.getLogger(Applier.class);
  private static final Duration TICK = Duration.ofMillis(200);

  private final String link;
  private final String scope;
  private final HandOver handOver;
  private final int maxBatchEvents;
  private final long maxBatchBytes;
  private final CheckpointKeeper keeper;
  private final TreeDeletes treeDeletes;
  private final Predicate<Bytes> directories;
  private final Recoverer recoverer;
  private final StateMachine states;
  private final Progress progress;
  private final MirrorListener listener;
  private final Shutdown shutdown;
  private final Retry retry;

  /**
   * Made before its thread.
   *
   * @param inVain told of a recovery that cannot be finished, so that another one comes
   */
  Applier(Parts parts, HandOver handOver, Consumer<Work.Recovery> inVain) {
    this.link = parts.link();
    this.scope = parts.scopeFingerprint();
    this.handOver = handOver;
    this.maxBatchEvents = parts.maxBatchEvents();
    this.maxBatchBytes = Math.min(parts.maxBatchBytes(), parts.maxAtomicBytes());
    this.states = parts.states();
    this.progress = parts.progress();
    this.listener = parts.listener();
    this.shutdown = parts.shutdown();
    this.keeper = new CheckpointKeeper(parts.sink(), parts.indexStore(), progress);
    KeyMapper mapper = parts.mapper();
    this.directories = mapper.mirrorsDirectories() ? mapper::owns : key -> false;
    this.treeDeletes = new TreeDeletes(parts.sink(), mapper);
    this.retry = new Retry("sink", parts);
    this.recoverer = new Recoverer(parts, keeper, retry, inVain);
  }

  /** The stored checkpoint, if there is one. Called before {@link #run}. */
  Optional<Checkpoint> load() throws InterruptedException, Retry.StoppedException {
    return retry.call(keeper::load, states::sinkFailing);
  }

  /** Loads and resyncs, in place of {@link #run}. */
  ResyncReport syncOnce() throws InterruptedException, Retry.StoppedException {
    load().ifPresent(stored -> log.debug("{}: {} was stored", link, stored));
    return recoverer.syncOnce();
  }

  /** Works until the mirror is to end; what is in hand by then is finished and stored. */
  void run() throws InterruptedException {
    try {
      while (!shutdown.hasBegun()) {
        Work work = handOver.poll(TICK);
        if (work != null) {
          perform(work);
        }
        if (!recoverer.isAdrift()) {
          retry.run(() -> keeper.flush(false), states::sinkFailing);
        }
      }
    } catch (Retry.StoppedException e) {
      log.debug("{}: applier stopped", link);
    }
    try {
      keeper.flush(true);
    } catch (IOException e) {
      // Only progress without events is lost; it is found again.
      log.warn("{}: the last index was not stored: {}", link, e.getMessage());
      progress.error(e);
    }
  }

  private void perform(Work work) throws InterruptedException, Retry.StoppedException {
    if (work instanceof Work.Events events) {
      apply(events);
    } else if (work instanceof Work.Recovery recovery) {
      recoverer.recover(recovery);
    } else if (work instanceof Work.Failure failure) {
      throw unchecked(failure.cause());
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known
        ? known
        : new PermanentException(cause.toString(), cause);
  }

  private void apply(Work.Events first) throws InterruptedException, Retry.StoppedException {
    Checkpoint at = keeper.current();
    if (at == null || recoverer.isAdrift()) {
      // A resync was in vain, and the next one has not come yet.
      return;
    }
    EventBatch batch = gather(first, at.index());
    Checkpoint next = after(at, batch.index(), first.clusterId());
    if (batch.events().isEmpty()) {
      keeper.note(next);
      progress.applied(next.index(), batch.headIndex(), first.readNanos());
    } else {
      EventBatch reduced = reduce(batch);
      retry.run(() -> keeper.write(treeDeletes.expand(reduced), next), states::sinkFailing);
      progress.eventsApplied.addAndGet(batch.events().size());
      progress.batches.incrementAndGet();
      progress.applied(next.index(), batch.headIndex(), first.readNanos());
      listener.onBatch(reduced);
      // The data is durable: a save that fails is repeated alone, and a crash before it is a
      // repeat of the batch, never a gap.
      retry.run(() -> keeper.save(next), states::sinkFailing);
    }
  }

  /** A sink that holds a part of something larger is exact again only at the end of that. */
  private Checkpoint after(Checkpoint at, long index, String clusterId) {
    long reached = Math.max(at.index(), index);
    Checkpoint next = new Checkpoint(reached, clusterId, scope, Instant.now());
    return at.applying() > reached ? next.whileApplying(at.applying()) : next;
  }

  /** The first batch and those that wait behind it, up to the bounds, without what is applied. */
  private EventBatch gather(Work.Events first, long appliedThrough) {
    List<MirrorEvent> events = new ArrayList<>();
    long bytes = 0;
    Work.Events last = first;
    for (Work.Events next = first; next != null; ) {
      last = next;
      bytes += next.batch().bytes();
      for (MirrorEvent event : next.batch().events()) {
        if (event.index() > appliedThrough) {
          events.add(event);
        }
      }
      next =
          handOver.pollEvents(
              first.clusterId(), maxBatchEvents - events.size(), maxBatchBytes - bytes);
    }
    return EventBatch.of(events, last.batch().index(), last.batch().headIndex());
  }

  private EventBatch reduce(EventBatch batch) {
    List<MirrorEvent> events = Coalescer.coalesce(batch.events(), directories);
    progress.eventsCoalesced.addAndGet(batch.events().size() - events.size());
    return EventBatch.of(events, batch.index(), batch.headIndex());
  }
}
