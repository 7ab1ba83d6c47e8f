package org.etcdmirror.v3.internal.sink;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.v3.internal.client.V3Client;
import org.jspecify.annotations.Nullable;

/**
 * Keeps leases of the sink alive while a comparison reads it. The source's refreshes wait behind a
 * comparison, which may take longer than the leases live: keys would go while the source's live,
 * and the comparison would be followed by another one, without end. It goes on for a minute after
 * that, until the refreshes have come. A lease that the source has ended meanwhile costs nothing:
 * its keys go by the source's deletes.
 *
 * <p>What is kept alive are the leases that this process granted or refreshed, and that live. Safe
 * for use by many threads.
 */
public final class SinkLeaseKeeper implements AutoCloseable {

  private static final long PAUSE = Duration.ofMillis(500).toMillis();
  private static final long FIRST_BACKOFF = Duration.ofMillis(500).toNanos();
  private static final int MOST_DOUBLINGS = 4;
  private static final long GRACE = Duration.ofMinutes(1).toNanos();

  private final SinkLeases leases;

  /** For the keeper's thread alone. */
  private final SinkKeepAlives keepAlives;

  /** For the keeper's thread alone. */
  private int failures;

  /** For the keeper's thread alone. */
  private long nextNanos = System.nanoTime();

  private int comparisons;
  private long endedNanos;
  private @Nullable ScheduledExecutorService thread;
  private @Nullable ScheduledFuture<?> turns;
  private boolean closed;

  public SinkLeaseKeeper(V3Client client, SinkLeases leases) {
    this.leases = leases;
    this.keepAlives = new SinkKeepAlives(client);
  }

  /** A comparison begins. */
  public synchronized void begin() {
    comparisons++;
    if (closed) {
      // A comparison that a close overtook, and that fails with its first request.
      return;
    }
    ScheduledExecutorService keeper = thread;
    if (keeper == null) {
      keeper = Executors.newSingleThreadScheduledExecutor(SinkLeaseKeeper::thread);
      thread = keeper;
    }
    if (turns == null) {
      turns = keeper.scheduleWithFixedDelay(this::turn, PAUSE, PAUSE, TimeUnit.MILLISECONDS);
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "etcd-mirror-lease-keeper");
    thread.setDaemon(true);
    return thread;
  }

  /** A comparison that began has ended. */
  public synchronized void end() {
    comparisons--;
    endedNanos = System.nanoTime();
  }

  private synchronized boolean isOver() {
    if (comparisons > 0 || System.nanoTime() - endedNanos < GRACE) {
      return false;
    }
    if (turns != null) {
      turns.cancel(false);
      turns = null;
    }
    return true;
  }

  private void turn() {
    if (isOver() || System.nanoTime() - nextNanos < 0) {
      return;
    }
    try {
      leases.keepAlive(keepAlives);
      failures = 0;
    } catch (IOException | RuntimeException e) {
      // The next turn tries again, after a pause that grows; the engine's own writes meet the same.
      // A lease that ends meanwhile shows when its keys are refreshed. A turn that throws would be
      // the last one.
      failed();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void failed() {
    failures = Math.min(MOST_DOUBLINGS, failures + 1);
    nextNanos = System.nanoTime() + (FIRST_BACKOFF << failures);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (thread != null) {
      thread.shutdownNow();
    }
  }
}
