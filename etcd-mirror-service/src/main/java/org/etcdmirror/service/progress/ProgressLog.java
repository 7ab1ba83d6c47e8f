package org.etcdmirror.service.progress;

import java.time.Duration;
import java.util.function.Consumer;
import org.etcdmirror.core.TaskProgress;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line after ten seconds, and then every ten seconds. A task that takes less writes none.
 */
final class ProgressLog implements ProgressView {

  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final Consumer<String> log;
  private Duration last = Duration.ZERO;
  private Duration next = INTERVAL;

  ProgressLog(Consumer<String> log) {
    this.log = log;
  }

  @Override
  public void show(@Nullable TaskProgress now) {
    Duration elapsed = now == null ? Duration.ZERO : now.elapsed();
    if (elapsed.compareTo(last) < 0) {
      // Another attempt, or another task.
      next = INTERVAL;
    }
    last = elapsed;
    if (now != null && elapsed.compareTo(next) >= 0) {
      next = elapsed.plus(INTERVAL);
      log.accept(now.describe());
    }
  }
}
