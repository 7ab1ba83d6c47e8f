package org.etcdmirror.core.internal.lifecycle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Measures how fast a source's history was cleared lately. */
public final class HistoryRate {

  private record Seen(long oldest, long nanos) {}

  private final Duration window;
  private final Deque<Seen> seen = new ArrayDeque<>();

  public HistoryRate(Duration window) {
    this.window = window;
  }

  /** The oldest index was this, at a time by {@link System#nanoTime()}. */
  public void observe(long oldest, long nanos) {
    Seen last = seen.peekLast();
    if (last != null && oldest < last.oldest()) {
      // Another history.
      seen.clear();
    }
    seen.addLast(new Seen(oldest, nanos));
    while (nanos - seen.element().nanos() > window.toNanos()) {
      seen.remove();
    }
  }

  /** The time that so many events last at this rate; null if no clearing was seen. */
  @Nullable
  public Duration lasts(long events) {
    Seen first = seen.peekFirst();
    Seen last = seen.peekLast();
    if (first == null || last == null || last.oldest() == first.oldest()) {
      return null;
    }
    double nanosPerEvent =
        (double) (last.nanos() - first.nanos()) / (last.oldest() - first.oldest());
    // Saturates at what a long holds, some three centuries.
    return Duration.ofNanos((long) (events * nanosPerEvent));
  }
}
