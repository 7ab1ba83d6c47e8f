package org.etcdmirror.pairings;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The index of a foreign link, which is written fifty times a second. */
final class Heartbeat implements AutoCloseable {

  private static final Duration PERIOD = Duration.ofMillis(20);

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong writes = new AtomicLong();

  Heartbeat(Keyspace keyspace, String key) {
    var unused =
        thread.scheduleAtFixedRate(
            () -> keyspace.put(key, Long.toString(writes.incrementAndGet())),
            0,
            PERIOD.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Waits for this many more writes. */
  void awaitWrites(int more) {
    long goal = writes.get() + more;
    Link.eventually(more + " writes", () -> writes.get() >= goal);
  }

  @Override
  public void close() throws InterruptedException {
    thread.shutdown();
    if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("a write does not end");
    }
  }
}
