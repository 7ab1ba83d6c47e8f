package org.etcdmirror.v3;

import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Repeats a task, with a pause in between, until it is closed or the task fails. */
final class Paced implements AutoCloseable {

  /** One turn of the task; it must tolerate members that are down. */
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

  /** Throws the failure of a turn, if there was one. */
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
