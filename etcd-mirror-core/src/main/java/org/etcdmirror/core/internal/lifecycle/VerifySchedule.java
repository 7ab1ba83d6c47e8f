package org.etcdmirror.core.internal.lifecycle;

import java.io.IOException;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.Verification;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.verify.Inspection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares source and sink now and then while the mirror follows. A failure is none of the mirror:
 * the next turn tries again.
 */
final class VerifySchedule implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(VerifySchedule.class);

  private final Settings settings;
  private final MirrorRuntime runtime;
  private final Verification schedule;
  private final Inspection inspection;
  private final Runnable repair;

  /**
   * Verifies on a schedule, on a thread of its own, until the mirror ends.
   *
   * @param repair has what differs written, sooner or later
   */
  VerifySchedule(
      Settings settings,
      MirrorRuntime runtime,
      Verification schedule,
      Inspection inspection,
      Runnable repair) {
    this.settings = settings;
    this.runtime = runtime;
    this.schedule = schedule;
    this.inspection = inspection;
    this.repair = repair;
  }

  @Override
  public void run() {
    try {
      while (!runtime.shutdown().await(schedule.interval())) {
        if (runtime.states().state() == MirrorState.FOLLOWING) {
          turn();
        }
      }
    } catch (Retry.StoppedException | InterruptedException e) {
      log.debug("[link={}] verifying ended", settings.link(), e);
    }
  }

  private void turn() throws InterruptedException, Retry.StoppedException {
    try {
      VerifyReport report = inspection.verify(schedule.entriesPerSecond());
      // Of a sink that is behind, what differs is on its way.
      boolean drifted = report.differences() > 0 && report.behind() == 0;
      if (drifted && schedule.repairs()) {
        repair.run();
      }
    } catch (IOException | RuntimeException | Error e) {
      if (runtime.shutdown().hasBegun()) {
        log.debug("[link={}] verifying ended", settings.link(), e);
      } else {
        runtime.progress().error(e);
        log.warn(
            LogEvent.VERIFY_FAILED.marker(),
            "[link={}] verification failed; next in {}: {}",
            settings.link(),
            schedule.interval(),
            e.toString());
        log.debug("[link={}]", settings.link(), e);
      }
    }
  }
}
