package org.etcdmirror.core.internal.verify;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.internal.checkpoint.CompareNote;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.run.SinkProgress;
import org.jspecify.annotations.Nullable;

/**
 * Progress of the sink as the mirror of another process stores it. It is unknown whether there is
 * one; one that runs moves the index at least once a second while the source's does. Used until a
 * mirror of this process starts, which needs the store for itself.
 */
public final class StoredProgress implements SinkProgress {

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final IndexStore store;
  private final Duration grace;
  private final Duration patience;
  private final Shutdown closing;
  private boolean taken;

  /**
   * A level.
   *
   * @param grace how long the index may stand still before it counts as abandoned
   * @param patience how long to wait at most
   * @param closing ends the wait
   */
  public StoredProgress(IndexStore store, Duration grace, Duration patience, Shutdown closing) {
    this.store = store;
    this.grace = grace;
    this.patience = patience;
    this.closing = closing;
  }

  /** Stops the use of the store. When this returns, the store is not used here again. */
  synchronized void take() {
    taken = true;
  }

  synchronized boolean isTaken() {
    return taken;
  }

  /** The stored checkpoint; null if there is none, or if the store is not used here. */
  @Nullable Checkpoint checkpoint() throws IOException, InterruptedException {
    return load(null);
  }

  @Override
  public long behind(SourceHead head)
      throws IOException, InterruptedException, Retry.StoppedException {
    long began = System.nanoTime();
    long moved = began;
    Checkpoint at = load(null);
    while (true) {
      long behind = behind(at, head);
      long now = System.nanoTime();
      boolean hopeless = now - moved >= grace.toNanos() || now - began >= patience.toNanos();
      if (behind == 0 || at == null || hopeless || isTaken()) {
        return behind;
      }
      if (closing.await(PAUSE)) {
        throw new Retry.StoppedException();
      }
      Checkpoint next = load(at);
      if (next != null && next.index() != at.index()) {
        moved = System.nanoTime();
      }
      at = next;
    }
  }

  /** A sink that may not be level lacks something, whatever its index. */
  private static long behind(@Nullable Checkpoint at, SourceHead head) {
    if (at == null) {
      return head.index();
    }
    long behind = SinkProgress.behind(at.clusterId(), at.index(), head);
    return CompareNote.isIn(at) ? Math.max(1, behind) : behind;
  }

  private synchronized @Nullable Checkpoint load(@Nullable Checkpoint known)
      throws IOException, InterruptedException {
    return taken ? known : store.load().orElse(null);
  }
}
