package org.etcdmirror.v3;

import java.time.Duration;
import org.etcdmirror.v3.rpc.Event;

/**
 * Asks a silent server how far the watch is. The answer comes as progress of the stream, in its
 * place behind the events; it may also not come, while the watch is still catching up.
 */
final class ProgressRequests implements Silence {

  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private final WatchCall watch;
  private long due = System.nanoTime() + PAUSE;

  ProgressRequests(WatchCall watch) {
    this.watch = watch;
  }

  @Override
  public void heard() {
    due = System.nanoTime() + PAUSE;
  }

  @Override
  public void answered(long index, long told, long next) {
    // These servers tell when a compaction has overtaken the watch.
  }

  @Override
  public void see(Event event) {
    // The server keeps the account.
  }

  @Override
  public long nanosUntilDue() {
    return Math.max(0, due - System.nanoTime());
  }

  @Override
  public long advance(long index) {
    watch.requestProgress();
    due = System.nanoTime() + PAUSE;
    return index;
  }
}
