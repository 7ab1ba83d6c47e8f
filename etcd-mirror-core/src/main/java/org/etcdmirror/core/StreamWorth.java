package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.InVain;

/**
 * Whether a stream is worth something: it has brought something, or lasted a while. One that only
 * opens, again and again, is no connection: its failures are repeated with growing pauses, and the
 * state does not say that all is well in between. For the reader's thread.
 */
final class StreamWorth {

  private static final long A_WHILE = Duration.ofSeconds(1).toNanos();

  /** One stream may end by bad luck. */
  private static final int BELIEVED = 2;

  /** How many empty polls in a row may come back quickly; a poll waits if there is nothing. */
  private static final int MOST_EMPTY = 50;

  private static final Duration QUICK = Duration.ofMillis(100);

  private final InVain polls = new InVain(MOST_EMPTY, QUICK);
  private int endedAtOnce;
  private long beganNanos;
  private long start;
  private long reached;

  /**
   * A stream was opened.
   *
   * @return whether it may be taken for a connection before it has shown anything
   */
  boolean opened(long startIndex) {
    start = startIndex;
    reached = startIndex;
    beganNanos = System.nanoTime();
    endedAtOnce++;
    return endedAtOnce <= BELIEVED;
  }

  /**
   * The stream was polled.
   *
   * @return whether it is worth something
   * @throws IOException if it comes back at once without anything, again and again
   */
  boolean polled(EventBatch batch) throws IOException {
    if (batch.index() == reached && batch.events().isEmpty() && batch.notices().isEmpty()) {
      polls.again("polling the source's stream at index " + reached, null);
    } else {
      polls.brought();
    }
    reached = batch.index();
    boolean worth = batch.index() > start || System.nanoTime() - beganNanos >= A_WHILE;
    if (worth) {
      endedAtOnce = 0;
    }
    return worth;
  }
}
