package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
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
  private final Progress progress;
  private final Shutdown shutdown;

  WriteTurn(MirrorRuntime runtime, CheckpointKeeper keeper, PausePoint pausePoint) {
    this.pause = runtime.pause();
    this.limit = runtime.writeLimit();
    this.progress = runtime.progress();
    this.shutdown = runtime.shutdown();
    this.keeper = keeper;
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

  /** Makes a batch without an index durable. */
  void write(EventBatch batch) throws IOException, InterruptedException, Retry.StoppedException {
    List<MirrorEvent> events = batch.events();
    int most = limit.batchKeys();
    int from = 0;
    while (from < events.size()) {
      int to = Math.min(events.size() - from, most) + from;
      await();
      EventBatch piece = EventBatch.of(events.subList(from, to), batch.index(), batch.headIndex());
      write(piece, () -> keeper.write(piece));
      from = to;
    }
  }

  /** Makes a batch durable, and counts it. */
  void write(EventBatch batch, Write write) throws IOException, InterruptedException {
    int keys = batch.events().size();
    try {
      write.run();
      progress.counters.writes.addAndGet(keys);
    } finally {
      limit.spent(keys);
    }
  }

  /** A write to the sink. */
  @FunctionalInterface
  interface Write {
    void run() throws IOException, InterruptedException;
  }
}
