package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** A snapshot that is read no faster than at a rate. Time that was not used is not made up for. */
final class PacedSnapshot implements Snapshot {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** Shorter pauses cost more than they are worth. */
  private static final long SHORTEST_PAUSE = Duration.ofMillis(20).toNanos();

  private final Snapshot snapshot;
  private final long entriesPerSecond;
  private final Shutdown closing;
  private long began = System.nanoTime();
  private long read;

  PacedSnapshot(Snapshot snapshot, long entriesPerSecond, Shutdown closing) {
    this.snapshot = snapshot;
    this.entriesPerSecond = entriesPerSecond;
    this.closing = closing;
  }

  @Override
  public SourceHead head() {
    return snapshot.head();
  }

  @Override
  public @Nullable Entry next() throws IOException, InterruptedException {
    long elapsed = System.nanoTime() - began;
    long early = (long) ((double) read / entriesPerSecond * SECOND) - elapsed;
    if (early >= SHORTEST_PAUSE) {
      // Cut short by the end of the mirror, which whoever reads finds out by itself.
      closing.await(Duration.ofNanos(early));
    } else if (early < -SECOND) {
      began += elapsed;
      read = 0;
    }
    read++;
    return snapshot.next();
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
