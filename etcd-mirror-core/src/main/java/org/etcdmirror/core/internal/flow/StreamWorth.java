package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.internal.NoProgressLimit;

/**
 * Whether a stream is worth something: it has brought something, or lasted a while. One that only
 * opens, again and again, is no connection: its failures are repeated with growing pauses, and the
 * state does not say that all is well in between. For the reader's thread.
 */
public final class StreamWorth {

  /** From then on the pauses start anew: a source that is quiet must not be waited for long. */
  private static final long A_MOMENT = Duration.ofSeconds(1).toNanos();

  /** From then on it is a connection; as long as answers may come that bring nothing. */
  private static final long A_WHILE = Duration.ofSeconds(10).toNanos();

  /** One stream may end by bad luck. */
  private static final int BELIEVED = 2;

  /** The limit of quick empty polls in a row. A poll without events should wait. */
  private static final int MOST_EMPTY = 50;

  private static final Duration QUICK = Duration.ofMillis(100);

  private final NoProgressLimit polls = new NoProgressLimit(MOST_EMPTY, QUICK);
  private int endedAtOnce;
  private long beganNanos;
  private long start;
  private long reached;
  private boolean brought;

  /**
   * A stream was opened.
   *
   * @return whether it may be taken for a connection before it has shown anything
   */
  public boolean opened(long startIndex) {
    start = startIndex;
    reached = startIndex;
    beganNanos = System.nanoTime();
    brought = false;
    endedAtOnce++;
    return endedAtOnce <= BELIEVED;
  }

  /**
   * The stream was polled.
   *
   * @throws IOException if it comes back at once without anything, again and again
   */
  public void polled(EventBatch batch) throws IOException {
    if (batch.index() == reached && batch.events().isEmpty() && batch.notices().isEmpty()) {
      polls.again("poll of the source's stream at index " + reached, null);
    } else {
      polls.brought();
    }
    reached = batch.index();
    brought |= batch.index() > start;
    if (isConnection()) {
      endedAtOnce = 0;
    }
  }

  /** Whether the next failure is the first one again, as far as the pause behind it goes. */
  public boolean resetsPauses() {
    return brought || lasted(A_MOMENT);
  }

  /** Whether it is worth something, whatever those before it were. */
  public boolean isConnection() {
    return brought || lasted(A_WHILE);
  }

  private boolean lasted(long nanos) {
    return System.nanoTime() - beganNanos >= nanos;
  }
}
