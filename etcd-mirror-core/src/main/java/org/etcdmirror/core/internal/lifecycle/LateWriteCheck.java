package org.etcdmirror.core.internal.lifecycle;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.verify.Inspection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a former leader wrote late. Its requests may be executed after the takeover, where the
 * sink has no fence. So both sides are compared at the takeover, and once more when nothing can
 * arrive any more. Only what differs is written.
 */
final class LateWriteCheck implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(LateWriteCheck.class);
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final long ENTRIES_A_SECOND = 20_000;

  private final String link;
  private final MirrorRuntime runtime;
  private final Inspection inspection;
  private final Runnable repair;
  private final long lateNanos;

  private boolean wanted;

  /** A comparison that begins later than this is the last one. */
  private long lastNanos;

  /**
   * A check of which nothing has begun, because the mirror may stand by for long before it leads.
   *
   * @param repair has what differs written, sooner or later
   */
  LateWriteCheck(Settings settings, MirrorRuntime runtime, Inspection inspection, Runnable repair) {
    this.link = settings.link();
    this.runtime = runtime;
    this.inspection = inspection;
    this.repair = repair;
    this.lateNanos = runtime.sides().sink().lateEffects().plus(TICK).toNanos();
  }

  /** Whether a takeover needs it. */
  static boolean isNeeded(Settings settings, MirrorRuntime runtime) {
    return settings.standby() != null && !(runtime.sides().sink() instanceof AtomicSink);
  }

  /** A former leader says that it may have written. */
  synchronized void again() {
    wanted = true;
    lastNanos = System.nanoTime() + lateNanos;
  }

  /** Compares from now on, as the mirror has begun to lead. */
  @Override
  public void run() {
    again();
    try {
      while (!runtime.shutdown().await(TICK)) {
        if (isWanted() && runtime.states().state() == MirrorState.FOLLOWING) {
          turn();
          runtime.shutdown().await(PAUSE);
        }
      }
    } catch (Retry.StoppedException | InterruptedException e) {
      log.debug("[link={}] check after the takeover ended", link, e);
    }
  }

  private synchronized boolean isWanted() {
    return wanted;
  }

  private void turn() throws InterruptedException, Retry.StoppedException {
    long began = System.nanoTime();
    try {
      VerifyReport report = inspection.verify(ENTRIES_A_SECOND);
      if (report.behind() > 0) {
        return;
      }
      if (report.differences() > 0) {
        repair.run();
      }
      done(began);
    } catch (IOException | RuntimeException e) {
      log.debug("[link={}] check after the takeover failed; it is repeated", link, e);
    }
  }

  private synchronized void done(long began) {
    wanted = began - lastNanos < 0;
  }
}
