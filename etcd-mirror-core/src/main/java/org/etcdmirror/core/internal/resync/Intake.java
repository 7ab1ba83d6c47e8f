package org.etcdmirror.core.internal.resync;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.queue.WorkQueue;
import org.etcdmirror.core.internal.run.Shutdown;
import org.jspecify.annotations.Nullable;

/** The stream, as a resync takes it while it reads the source. Used by the applier's thread. */
public final class Intake {

  private static final Duration TICK = Duration.ofMillis(200);

  /** Null for a run without a stream. */
  private final @Nullable WorkQueue queue;

  private final Shutdown shutdown;
  private final Consumer<EventBatch> guard;

  /**
   * An intake.
   *
   * @param queue what it takes from; null for a run without a stream
   * @param guard looks at each batch that is taken, whatever becomes of it
   */
  public Intake(@Nullable WorkQueue queue, Shutdown shutdown, Consumer<EventBatch> guard) {
    this.queue = queue;
    this.shutdown = shutdown;
    this.guard = guard;
  }

  /** Whether there is a stream at all. */
  boolean isThere() {
    return queue != null;
  }

  /** Whether the reader may have to wait soon, and what comes next are events of this cluster. */
  boolean isDue(String clusterId) {
    return queue != null && queue.isFilling() && !queue.hasOther(clusterId);
  }

  /** The next waiting work; null if there is none. */
  Work.@Nullable Events poll(String clusterId) {
    return queue == null
        ? null
        : guarded(queue.pollEvents(clusterId, Integer.MAX_VALUE, Long.MAX_VALUE));
  }

  /**
   * Waits for what comes next.
   *
   * @throws StreamLostException if the stream ends before
   */
  Work.Events await(String clusterId) throws IOException, InterruptedException {
    while (queue != null && !shutdown.hasBegun()) {
      Work.Events next = guarded(queue.awaitEvents(clusterId, TICK));
      if (next != null) {
        return next;
      }
      requireGoingOn(clusterId);
    }
    throw new StreamLostException("the mirror is stopping");
  }

  private Work.@Nullable Events guarded(Work.@Nullable Events work) {
    if (work != null) {
      guard.accept(work.batch());
    }
    return work;
  }

  /**
   * Looks whether more may come.
   *
   * @throws StreamLostException if the stream has ended
   */
  void requireGoingOn(String clusterId) throws StreamLostException {
    if (queue != null && queue.hasOther(clusterId)) {
      throw new StreamLostException(
          "source's history was cleared or compacted before its entries were read; the copy starts again");
    }
  }
}
