package org.etcdmirror.v2.internal.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does short things a little later, on a thread of its own. Safe for use by many threads. */
public final class V2Timer implements AutoCloseable {

  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, V2Timer::daemon);

  public V2Timer() {
    thread.setRemoveOnCancelPolicy(true);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "etcd-mirror-v2-timer");
    thread.setDaemon(true);
    return thread;
  }

  /** Something short. */
  @FunctionalInterface
  public interface Task {
    void run() throws IOException;
  }

  /** Does it when that time has passed; a failure is for the caller to notice by its effect. */
  public Future<?> later(Duration delay, Task task) throws IOException {
    try {
      return thread.schedule(
          () -> {
            task.run();
            return null;
          },
          delay.toNanos(),
          TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw new IOException("the client is closed", e);
    }
  }

  /** Cancels the action. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
