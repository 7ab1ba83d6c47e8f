package org.etcdmirror.kafka.connect.sink;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before records are given again: longer each time, and not all at once. */
final class Backoff {

  private static final Duration FIRST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private long millis = FIRST.toMillis();

  /** The next pause in milliseconds: from half of the limit up to the limit. */
  long nextMillis() {
    long limit = millis;
    millis = Math.min(2 * millis, LONGEST.toMillis());
    return ThreadLocalRandom.current().nextLong(limit / 2, limit + 1);
  }

  /** Something worked. */
  void reset() {
    millis = FIRST.toMillis();
  }
}
