package org.etcdmirror.core.internal.snapshot;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.internal.ForwardingSnapshot;
import org.etcdmirror.core.internal.run.Shutdown;
import org.jspecify.annotations.Nullable;

/** A snapshot that is read no faster than at a rate. Time that was not used is not made up for. */
public final class PacedSnapshot extends ForwardingSnapshot {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** Shorter pauses cost more than they are worth. */
  private static final long SHORTEST_PAUSE = Duration.ofMillis(20).toNanos();

  /** A clock and a sleep; a test replaces both. */
  interface Time {
    long nanos();

    /**
     * Pauses. The end of the mirror may cut the pause short; the reader notices that end itself.
     */
    void pause(Duration pause) throws InterruptedException;
  }

  private final long entriesPerSecond;
  private final Time time;
  private long began;
  private long read;

  PacedSnapshot(Snapshot snapshot, long entriesPerSecond, Time time) {
    super(snapshot);
    this.entriesPerSecond = entriesPerSecond;
    this.time = time;
    this.began = time.nanos();
  }

  /** By the clock, until it is to end. */
  public static PacedSnapshot of(Snapshot snapshot, long entriesPerSecond, Shutdown closing) {
    return new PacedSnapshot(
        snapshot,
        entriesPerSecond,
        new Time() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public void pause(Duration pause) throws InterruptedException {
            closing.await(pause);
          }
        });
  }

  @Override
  public @Nullable Entry next() throws IOException, InterruptedException {
    long elapsed = time.nanos() - began;
    long early = (long) ((double) read / entriesPerSecond * SECOND) - elapsed;
    if (early >= SHORTEST_PAUSE) {
      time.pause(Duration.ofNanos(early));
    } else if (early < -SECOND) {
      began += elapsed;
      read = 0;
    }
    read++;
    return snapshot.next();
  }
}
