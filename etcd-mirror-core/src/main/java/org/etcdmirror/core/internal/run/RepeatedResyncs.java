package org.etcdmirror.core.internal.run;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.internal.log.LogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices a loop of resyncs: three within an hour for the same reason. From then on each next one
 * for this reason waits twice as long as the one before, until an hour passes without one. What a
 * person asked for does not wait. The applier reports resyncs, the reader asks, any thread reads.
 */
public final class RepeatedResyncs {

  /**
   * When resyncs are a loop, and how it is slowed down.
   *
   * @param within the time within which three are a loop, and after which it is over
   * @param first the wait before the resync after the third
   * @param longest the longest wait
   */
  public record Pace(Duration within, Duration first, Duration longest) {

    public static final Pace DEFAULT =
        new Pace(Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofMinutes(10));
  }

  private static final int LOOP = 3;

  /** No wait grows for longer than this many resyncs. */
  private static final int MOST_DOUBLINGS = 20;

  private static final Logger log = LoggerFactory.getLogger(RepeatedResyncs.class);

  private final String link;
  private final Pace pace;
  private final Map<Gap.Reason, Series> series = new EnumMap<>(Gap.Reason.class);

  RepeatedResyncs(String link, Pace pace) {
    this.link = link;
    this.pace = pace;
  }

  /** The resyncs of one reason. */
  private final class Series {

    private final Gap.Reason reason;
    private final Deque<Long> newest = new ArrayDeque<>();

    /** The resyncs of the loop; 0 while there is none. */
    private int resyncs;

    Series(Gap.Reason reason) {
      this.reason = reason;
    }

    /** Adds a resync. Returns whether it makes a loop of those before. */
    boolean add(long now) {
      if (resyncs > 0 && !isLoop(now)) {
        resyncs = 0;
      }
      newest.addLast(now);
      if (newest.size() > LOOP) {
        newest.removeFirst();
      }
      boolean begins = resyncs == 0 && newest.size() == LOOP && isWithin(newest.getFirst(), now);
      if (begins) {
        resyncs = LOOP;
      } else if (resyncs > 0) {
        resyncs++;
      }
      return begins;
    }

    private boolean isWithin(long from, long now) {
      return now - from < pace.within().toNanos();
    }

    boolean isLoop(long now) {
      return resyncs > 0 && isWithin(newest.getLast(), now);
    }

    long left(long now) {
      int doublings = Math.min(resyncs - LOOP, MOST_DOUBLINGS);
      long pause = Math.min(pace.longest().toNanos(), pace.first().toNanos() << doublings);
      return isLoop(now) ? Math.max(0, newest.getLast() + pause - now) : 0;
    }

    MirrorStatus.ResyncLoop show(long now) {
      return new MirrorStatus.ResyncLoop(reason, resyncs, Duration.ofNanos(left(now)));
    }
  }

  /** A resync for these gaps has ended. */
  public void ended(Collection<Gap> gaps) {
    gaps.stream()
        .map(Gap::reason)
        .distinct()
        .filter(RepeatedResyncs::isCounted)
        .filter(this::beginsLoop)
        .forEach(reason ->
            log.warn(
                LogEvent.RESYNC_LOOP.marker(),
                "[link={}] resync loop: {} resyncs within {} for {}; each next one waits longer, from {} up to {}",
                link,
                LOOP,
                pace.within(),
                reason,
                pace.first(),
                pace.longest()));
  }

  private synchronized boolean beginsLoop(Gap.Reason reason) {
    return series.computeIfAbsent(reason, Series::new).add(System.nanoTime());
  }

  private static boolean isCounted(Gap.Reason reason) {
    return switch (reason) {
      case NO_CHECKPOINT, FORCED, CATCH_UP -> false;
      default -> true;
    };
  }

  /** How long a resync for these gaps has to wait; zero if it may begin. */
  public Duration left(List<Gap> gaps) {
    boolean ordered = gaps.stream().anyMatch(gap -> gap.reason() == Gap.Reason.FORCED);
    return ordered ? Duration.ZERO : longest(gaps);
  }

  private synchronized Duration longest(List<Gap> gaps) {
    long now = System.nanoTime();
    long longest = 0;
    for (Gap gap : gaps) {
      Series known = series.get(gap.reason());
      longest = known == null ? longest : Math.max(longest, known.left(now));
    }
    return Duration.ofNanos(longest);
  }

  /** The longest loop; null if there is none. */
  public synchronized MirrorStatus.@Nullable ResyncLoop now() {
    long now = System.nanoTime();
    return series.values().stream()
        .filter(one -> one.isLoop(now))
        .map(one -> one.show(now))
        .max(Comparator.comparingInt(MirrorStatus.ResyncLoop::resyncs))
        .orElse(null);
  }
}
