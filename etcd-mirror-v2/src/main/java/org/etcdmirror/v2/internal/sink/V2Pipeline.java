package org.etcdmirror.v2.internal.sink;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.v2.internal.client.V2Client;
import org.jspecify.annotations.Nullable;

/** Writes unrelated events with several requests in flight. */
public final class V2Pipeline {

  private final V2Client client;
  private final EventWriter writer;
  private final int maxInFlight;

  public V2Pipeline(V2Client client, EventWriter writer, int maxInFlight) {
    this.client = client;
    this.writer = writer;
    this.maxInFlight = maxInFlight;
  }

  /** Brings the sink to the state after one event. Called by many threads at once. */
  @FunctionalInterface
  interface EventWriter {
    void write(MirrorEvent event) throws IOException, InterruptedException;
  }

  /**
   * Writes all; when it returns or throws, no request is in flight any more. The first failure
   * stops it. If the outcome of any write is unknown, an exception that names all of these is
   * thrown; else a permanent failure in preference.
   */
  public void write(List<? extends MirrorEvent> events) throws IOException, InterruptedException {
    if (events.size() == 1) {
      // A hand-over to another thread would only add to the latency.
      writer.write(events.get(0));
      return;
    }
    Run run = new Run(events);
    run.start(Math.min(maxInFlight, events.size()));
    run.await();
  }

  private static OutcomeUnknownException all(List<OutcomeUnknownException> unknown) {
    OutcomeUnknownException first = unknown.get(0);
    if (unknown.size() == 1) {
      return first;
    }
    return new OutcomeUnknownException(
        "%s (and %d more writes)".formatted(first.getMessage(), unknown.size() - 1),
        unknown.stream().flatMap(one -> one.touched().stream()).toList(),
        first);
  }

  /** One call of {@link #write}. */
  private final class Run implements Runnable {
    private final List<? extends MirrorEvent> events;
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean stop;
    private volatile CountDownLatch working = new CountDownLatch(0);
    private @Nullable Throwable failure;
    private final List<OutcomeUnknownException> unknown = new ArrayList<>();

    Run(List<? extends MirrorEvent> events) {
      this.events = events;
    }

    void start(int workers) {
      working = new CountDownLatch(workers);
      for (int i = 0; i < workers; i++) {
        try {
          client.executor().execute(this);
        } catch (RejectedExecutionException e) {
          fail(new IOException("the sink is closed", e));
          working.countDown();
        }
      }
    }

    @Override
    public void run() {
      try {
        for (int i = next.getAndIncrement();
            i < events.size() && !stop;
            i = next.getAndIncrement()) {
          writer.write(events.get(i));
        }
      } catch (InterruptedException e) {
        // Only close() interrupts these threads.
        fail(new IOException("the sink was closed", e));
      } catch (Throwable e) {
        // An Error too: its event would pass for written.
        fail(e);
      } finally {
        working.countDown();
      }
    }

    private synchronized void fail(Throwable e) {
      stop = true;
      if (e instanceof OutcomeUnknownException one) {
        unknown.add(one);
      }
      if (failure == null || (failure instanceof IOException && !(e instanceof IOException))) {
        failure = e;
      }
    }

    void await() throws IOException, InterruptedException {
      try {
        working.await();
      } catch (InterruptedException e) {
        stop = true;
        cancelUntilIdle();
        throw e;
      }
      rethrow();
    }

    /** Repeated, because a worker may have been just about to begin a request. */
    private void cancelUntilIdle() {
      boolean idle = false;
      while (!idle) {
        client.cancelAll();
        try {
          idle = working.await(10, TimeUnit.MILLISECONDS);
        } catch (InterruptedException again) {
          // Already on the way out; the caller hears of the first one.
        }
      }
    }

    private synchronized void rethrow() throws IOException {
      if (!unknown.isEmpty()) {
        throw all(unknown);
      }
      if (failure instanceof IOException transientOne) {
        throw transientOne;
      } else if (failure instanceof RuntimeException permanent) {
        throw permanent;
      } else if (failure instanceof Error error) {
        throw error;
      }
    }
  }
}
