package org.etcdmirror.core.internal.lifecycle;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.core.Headroom;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Shutdown;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then how far back the source's history reaches. Used by the monitor's thread alone.
 */
final class HeadroomMonitor {

  private static final Logger log = LoggerFactory.getLogger(HeadroomMonitor.class);

  private static final Duration WINDOW = Duration.ofMinutes(10);

  /** After so many failed reads the last known headroom is dropped. */
  private static final int MOST_FAILURES = 6;

  private final String link;
  private final InspectableSource source;
  private final Selection selection;
  private final Progress progress;
  private final Shutdown shutdown;
  private final Duration interval;
  private final HistoryRate rate = new HistoryRate(WINDOW);
  private long dueNanos = System.nanoTime();
  private int failures;

  /** A failure that lasts has ended the looks. */
  private boolean over;

  HeadroomMonitor(Settings settings, MirrorRuntime runtime) {
    this.link = settings.link();
    this.source = runtime.sides().source();
    this.selection = runtime.sides().mapper().selection();
    this.progress = runtime.progress();
    this.shutdown = runtime.shutdown();
    this.interval = settings.timings().historyInterval();
  }

  /** The time until the next look. */
  Duration untilDue() {
    return Duration.ofNanos(Math.max(0, dueNanos - System.nanoTime()));
  }

  /** Looks if it is time for that. */
  void lookIfDue() throws InterruptedException {
    if (!untilDue().isZero()) {
      return;
    }
    if (!over) {
      tell();
    }
    dueNanos = System.nanoTime() + interval.toNanos();
  }

  private void tell() throws InterruptedException {
    try {
      progress.headroom(look());
      failures = 0;
    } catch (IOException e) {
      // The reader meets the same failure and reports it.
      log.debug("[link={}] reading the headroom failed", link, e);
      if (++failures >= MOST_FAILURES) {
        progress.headroom(null);
      }
    } catch (RuntimeException e) {
      over = true;
      progress.headroom(null);
      if (!shutdown.hasBegun()) {
        // The reader meets the same, and its stack trace is enough.
        log.warn(
            LogEvent.HEADROOM_UNKNOWN.marker(),
            "[link={}] headroom monitor stopped: {}",
            link,
            e.toString());
        log.debug("[link={}]", link, e);
      }
    }
  }

  private @Nullable Headroom look() throws IOException, InterruptedException {
    SourceHistory history = source.history(selection);
    long index = progress.index();
    if (history.oldest() == 0 || index == 0) {
      return null;
    }
    rate.observe(history.oldest(), System.nanoTime());
    long events = Math.max(0, index - (history.oldest() - 1));
    return new Headroom(events, rate.lasts(events));
  }
}
