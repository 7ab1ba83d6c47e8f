package org.etcdmirror.core.internal.lifecycle;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Shutdown;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the source what is not about events: how far its history reaches, and, while a caller waits
 * for a level sink, where it is. A thread of its own, because the reader's waits: for events, and
 * for room.
 */
final class SourceMonitor implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(SourceMonitor.class);

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final String link;
  private final HeadroomMonitor headroom;
  private final EventSource source;
  private final Selection selection;
  private final Progress progress;
  private final Shutdown shutdown;

  SourceMonitor(Settings settings, MirrorRuntime runtime) {
    this.link = settings.link();
    this.headroom = new HeadroomMonitor(settings, runtime);
    this.source = runtime.sides().source();
    this.selection = runtime.sides().mapper().selection();
    this.progress = runtime.progress();
    this.shutdown = runtime.shutdown();
  }

  @Override
  public void run() {
    try {
      while (!shutdown.hasBegun()) {
        headroom.lookIfDue();
        if (progress.awaitHeadWanted(headroom.untilDue())) {
          askForHead();
        }
      }
    } catch (InterruptedException e) {
      log.debug("[link={}] monitor stopped with the mirror", link);
    }
  }

  private void askForHead() throws InterruptedException {
    long asked = System.nanoTime();
    try {
      progress.sourceIs(source.head(selection), asked);
    } catch (IOException | RuntimeException e) {
      // The reader meets the same and reports it; the caller still waits.
      log.debug("[link={}] asking for the index of the source failed", link, e);
      shutdown.await(PAUSE);
    }
  }
}
