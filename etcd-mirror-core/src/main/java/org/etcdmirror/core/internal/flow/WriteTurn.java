package org.etcdmirror.core.internal.flow;

import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.BatchTooLargeException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.AppliedChanges;
import org.etcdmirror.core.AppliedChanges.Cause;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.resync.Resync;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Pause;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.run.WriteLimit;

/**
 * Writes each batch when it may be written: when no pause is requested and the batches before it
 * are paid for. Used by the applier's thread alone.
 */
final class WriteTurn {

  private static final Duration TICK = Duration.ofMillis(200);

  private final Pause pause;
  private final PausePoint pausePoint;
  private final WriteLimit limit;
  private final CheckpointKeeper keeper;
  private final EventSink sink;
  private final MirrorListener listener;
  private final Progress progress;
  private final Shutdown shutdown;

  WriteTurn(MirrorRuntime runtime, CheckpointKeeper keeper, PausePoint pausePoint) {
    this.pause = runtime.pause();
    this.limit = runtime.writeLimit();
    this.progress = runtime.progress();
    this.shutdown = runtime.shutdown();
    this.keeper = keeper;
    this.sink = runtime.sides().sink();
    this.listener = runtime.listener();
    this.pausePoint = pausePoint;
  }

  /** The most keys of a batch, where it may be cut. */
  int batchKeys() {
    return limit.batchKeys();
  }

  /**
   * Waits until the next batch may be written. A resync may take hours, so that a pause does not
   * wait for its end.
   *
   * @throws Retry.StoppedException if the mirror is to end
   */
  void await() throws InterruptedException, Retry.StoppedException {
    boolean mine = false;
    while (!mine) {
      if (pause.isWanted()) {
        pausePoint.hold();
        shutdown.throwIfBegun();
      }
      mine = limit.await(TICK);
      if (!mine) {
        shutdown.throwIfBegun();
        pausePoint.lookAround();
      }
    }
  }

  /** Makes batches without an index durable, for one cause. */
  Resync.Writer writerFor(Cause cause) {
    return batch -> writeInTurns(batch, cause);
  }

  private void writeInTurns(EventBatch batch, Cause cause)
      throws IOException, InterruptedException, Retry.StoppedException {
    List<MirrorEvent> events = batch.events();
    int most = limit.batchKeys();
    int from = 0;
    while (from < events.size()) {
      int to = Math.min(events.size() - from, most) + from;
      await();
      EventBatch piece = EventBatch.of(events.subList(from, to), batch.index(), batch.headIndex());
      write(piece, cause, () -> keeper.write(piece));
      from = to;
    }
  }

  /** Makes a batch durable, counts it, and tells the listener. */
  void write(EventBatch batch, Cause cause, Write write) throws IOException, InterruptedException {
    int keys = batch.events().size();
    try {
      write.run();
    } catch (BatchTooLargeException e) {
      // Nothing of it was written.
      throw e;
    } catch (IOException | InterruptedException | RuntimeException e) {
      unconfirmed(batch, cause, e);
      throw e;
    } finally {
      limit.spent(keys);
    }
    progress.counters.writes.addAndGet(keys);
    if (keys > 0) {
      listener.onApplied(new AppliedChanges(cause, batch, sink.appliedAt()));
    }
  }

  /** What the sink refused by name was not written; anything else of the batch may have been. */
  private void unconfirmed(EventBatch batch, Cause cause, Exception failure) {
    EventBatch sent = batch;
    if (failure instanceof UnsupportedEntryException refused) {
      Set<Bytes> not = refused.refusals().stream().map(Refusal::key).collect(toSet());
      List<MirrorEvent> rest =
          batch.events().stream().filter(event -> !not.contains(event.key())).toList();
      sent = EventBatch.of(rest, batch.index(), batch.headIndex());
    }
    if (!sent.events().isEmpty()) {
      listener.onUnconfirmed(new AppliedChanges(cause, sent, 0), failure);
    }
  }

  /** A write to the sink. */
  @FunctionalInterface
  interface Write {
    void run() throws IOException, InterruptedException;
  }
}
