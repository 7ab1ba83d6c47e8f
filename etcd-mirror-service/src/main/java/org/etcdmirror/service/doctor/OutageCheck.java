package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.SourceHistory;

/**
 * How long the mirror may be down before history is lost: by the events of all clients, because
 * they use up the history that the mirror needs.
 *
 * @param window how long events are counted
 */
record OutageCheck(Side side, Duration window) implements Check {

  /** In v2; a young cluster clears none before it has so many. */
  private static final long KEPT_BY_V2 = 1000;

  private static final Duration SHORT = Duration.ofMinutes(1);

  @Override
  public String name() {
    return side.name() + " outage";
  }

  @Override
  public void run(Findings findings) throws IOException, InterruptedException {
    try (InspectableSource source = side.reader()) {
      long began = System.nanoTime();
      SourceHistory before = source.history(side.selection());
      Thread.sleep(window.toMillis());
      SourceHistory after = source.history(side.selection());
      Duration counted = Duration.ofNanos(System.nanoTime() - began);
      if (after.oldest() == 0) {
        findings.notChecked("the oldest index in history is not known");
      } else {
        add(findings, after, Math.max(0, after.current() - before.current()), counted);
      }
    }
  }

  private void add(Findings findings, SourceHistory history, long events, Duration counted) {
    long kept = side.isV2() ? KEPT_BY_V2 : history.current() - history.oldest() + 1;
    String what = side.isV2() ? "events" : "revisions";
    if (events == 0) {
      findings.ok(
          "no %s in %d ms; history keeps %d".formatted(what, counted.toMillis(), kept) + until());
      return;
    }
    double perSecond = events * 1e9 / counted.toNanos();
    Duration lasts = Duration.ofSeconds((long) (kept / perSecond));
    String text =
        String.format(
                Locale.ROOT,
                "%.1f %s a second by all clients; history keeps %d, which last %d s",
                perSecond,
                what,
                kept,
                lasts.toSeconds())
            + until();
    if (lasts.compareTo(SHORT) >= 0) {
      findings.ok(text);
    } else {
      findings.warning(text, remedy());
    }
  }

  /** The time of the next compaction is not known. */
  private String until() {
    return side.isV2() ? "" : ", until the next compaction";
  }

  private String remedy() {
    return side.isV2()
        ? "a longer outage, such as a restart, ends in a comparison of both sides: plan for it"
        : "compact less, by --auto-compaction-retention";
  }
}
