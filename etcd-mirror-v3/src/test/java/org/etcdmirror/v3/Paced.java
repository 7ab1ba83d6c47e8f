package org.etcdmirror.v3;

import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does something again and again, with a pause between, until it is closed or fails. */
final class Paced implements AutoCloseable {

  /** One turn; members that are down are its own affair. */
  interface Turn {
    void take() throws Exception;
  }

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();

  Paced(Duration pause, Turn turn) {
    var unused =
        thread.scheduleWithFixedDelay(
            () -> {
              if (!failure.isDone()) {
                take(turn);
              }
            },
            0,
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void take(Turn turn) {
    try {
      turn.take();
    } catch (Exception | AssertionError e) {
      failure.completeExceptionally(e);
    }
  }

  /** Fails with what a turn failed with. */
  void check() {
    failure.getNow(null);
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("a turn did not end");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    check();
  }
}
