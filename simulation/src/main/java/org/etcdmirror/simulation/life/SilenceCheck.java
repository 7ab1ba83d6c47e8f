package org.etcdmirror.simulation.life;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.simulation.model.Sent;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.etcdmirror.simulation.schedule.SimulationException;

/**
 * A mirror that says that it is paused sends no data until it is resumed, and one that was closed
 * sends none at all. What it sent before may be carried out later. Each process has one mirror.
 */
final class SilenceCheck {

  private final Scheduler scheduler = Scheduler.current();
  private final Map<SimulatedProcess, Long> pausedSince = new HashMap<>();
  private final Map<SimulatedProcess, Long> closedSince = new HashMap<>();
  private final Map<SimulatedProcess, Integer> resumes = new HashMap<>();

  /** Pauses the mirror of a process; returns what it returned. */
  boolean pause(SimulatedProcess process, EtcdMirror mirror, Duration timeout) {
    int before = resumes.getOrDefault(process, 0);
    boolean wasPaused = isPaused(mirror);
    boolean stopped;
    try {
      stopped = mirror.pause(timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    if (resumes.getOrDefault(process, 0) == before) {
      if (stopped) {
        pausedSince.putIfAbsent(process, scheduler.now());
      } else if (wasPaused && !timeout.isZero() && isPaused(mirror)) {
        throw new SimulationException("says that it is not paused, and is: " + mirror.status());
      }
    }
    return stopped;
  }

  private static boolean isPaused(EtcdMirror mirror) {
    return mirror.status().state() == MirrorState.PAUSED;
  }

  void resume(SimulatedProcess process, EtcdMirror mirror) {
    // Before the mirror knows, as it may go on at once.
    resumes.merge(process, 1, Integer::sum);
    pausedSince.remove(process);
    mirror.resume();
  }

  /** A close of the mirror of a process has returned. */
  void closed(SimulatedProcess process) {
    closedSince.putIfAbsent(process, scheduler.now());
  }

  /** A mirror has written data. */
  void written(String key, Sent sent) {
    refuse("while it was paused", pausedSince, key, sent);
    refuse("after it was closed", closedSince, key, sent);
  }

  private static void refuse(
      String when, Map<SimulatedProcess, Long> silentSince, String key, Sent sent) {
    Long since = silentSince.get(sent.by());
    if (since != null && sent.at() > since) {
      throw new SimulationException("%s wrote %s: %s".formatted(sent.by(), when, key));
    }
  }
}
