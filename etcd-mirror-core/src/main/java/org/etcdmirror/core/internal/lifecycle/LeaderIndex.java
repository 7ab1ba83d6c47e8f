package org.etcdmirror.core.internal.lifecycle;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.standby.WarmWatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks how far the leader is, until it is interrupted. On a thread of its own, because a server
 * that does not answer must not delay a takeover.
 *
 * @param engine the one that stands by
 * @param watch follows the source meanwhile
 */
record LeaderIndex(String link, Engine engine, WarmWatch watch, Shutdown closing)
    implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(LeaderIndex.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  @Override
  public void run() {
    try {
      do {
        look();
      } while (!closing.await(INTERVAL));
    } catch (InterruptedException e) {
      log.debug("[link={}] looking at the leader's index ended", link);
    }
  }

  private void look() throws InterruptedException {
    try {
      Checkpoint stored = engine.inspection().storedByAnother();
      if (stored != null) {
        Progress progress = engine.runtime().progress();
        progress.resumedAt(stored);
        watch.stored(stored.index());
        progress.sourceAt(Math.max(watch.seen(), stored.index()));
      }
    } catch (IOException | RuntimeException e) {
      log.debug("[link={}] reading the leader's index failed", link, e);
    }
  }
}
