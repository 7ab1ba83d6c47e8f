package org.etcdmirror.core.internal.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.GapRecord;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.internal.log.LogEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gaps of this run: which are open, in the order in which they were found, and how each ended.
 * Two gaps of one reason that begin at one index are the same one, met again after a failure.
 *
 * <p>A first run is no gap: it is neither counted nor reported as one.
 *
 * <p>A gap whose resync fails, or is cut short by the end of the mirror, has not ended: the next
 * run finds it.
 */
public final class GapLedger {

  private record Found(Gap gap, long nanos) {

    boolean isSame(Gap other) {
      return gap.reason() == other.reason() && gap.from() == other.from();
    }
  }

  private static final Logger log = LoggerFactory.getLogger(GapLedger.class);

  private final String link;
  private final Progress progress;
  private final MirrorListener listener;
  private final List<Found> open = new ArrayList<>();

  public GapLedger(String link, Progress progress, MirrorListener listener) {
    this.link = link;
    this.progress = progress;
    this.listener = listener;
  }

  /** Reports the gap, unless it is already open. */
  public void found(Gap gap, Decision decision) {
    if (!opened(gap)) {
      return;
    }
    if (isFirstRun(gap)) {
      log.info(
          LogEvent.COPY_STARTED.marker(), "[link={}] first copy started: {}", link, gap.describe());
      return;
    }
    progress.counters.gaps.incrementAndGet();
    String what = "gap found: %s: decision=%s".formatted(gap.describe(), decision);
    if (isExpected(gap)) {
      log.info(LogEvent.GAP_FOUND.marker(), "[link={}] {}", link, what);
    } else {
      log.warn(LogEvent.GAP_FOUND.marker(), "[link={}] {}", link, what);
    }
    listener.onGap(gap, decision);
  }

  private static boolean isExpected(Gap gap) {
    return switch (gap.reason()) {
      case FORCED, CATCH_UP -> true;
      default -> false;
    };
  }

  /** Whether it is a first run. It is kept like a gap, but not reported as one. */
  private static boolean isFirstRun(Gap gap) {
    return gap.reason() == Gap.Reason.NO_CHECKPOINT;
  }

  /** False if it was open before; its numbers are newer now, but it was found when it was found. */
  private synchronized boolean opened(Gap gap) {
    for (int i = 0; i < open.size(); i++) {
      if (open.get(i).isSame(gap)) {
        open.add(new Found(gap, open.remove(i).nanos()));
        return false;
      }
    }
    open.add(new Found(gap, System.nanoTime()));
    return true;
  }

  /**
   * The gap has ended, and with it all that were found before and left open; what was written and
   * deleted counts for this one.
   */
  public void ended(Gap gap, Decision decision, long written, long deleted) {
    List<Found> over = takeThrough(gap);
    for (int i = 0; i < over.size(); i++) {
      boolean last = i == over.size() - 1;
      record(over.get(i), decision, last ? written : 0, last ? deleted : 0);
    }
  }

  private void record(Found found, Decision decision, long written, long deleted) {
    if (isFirstRun(found.gap())) {
      return;
    }
    Duration took = Duration.ofNanos(System.nanoTime() - found.nanos());
    GapRecord gap = new GapRecord(found.gap(), decision, Instant.now(), written, deleted, took);
    progress.gapEnded(gap);
    if (decision == Decision.RESYNC) {
      log.info(LogEvent.GAP_ENDED.marker(), "[link={}] {}", link, gap.describe());
    } else {
      log.warn(LogEvent.GAP_ENDED.marker(), "[link={}] {}", link, gap.describe());
    }
    listener.onGapEnded(gap);
  }

  private synchronized List<Found> takeThrough(Gap gap) {
    List<Found> taken = new ArrayList<>();
    if (open.stream().noneMatch(found -> found.isSame(gap))) {
      taken.add(new Found(gap, System.nanoTime()));
      return taken;
    }
    Found next;
    do {
      next = open.remove(0);
      taken.add(next);
    } while (!next.isSame(gap));
    return taken;
  }
}
