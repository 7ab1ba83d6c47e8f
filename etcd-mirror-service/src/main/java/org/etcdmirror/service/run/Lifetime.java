package org.etcdmirror.service.run;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.service.log.RepeatFilter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a mirror until this process ends. A shutdown hook closes the mirror, which stores its index,
 * and ends the process with the exit code of its outcome. Java alone would exit with 128 + N after
 * a signal.
 */
public final class Lifetime {

  private static final Logger log = LoggerFactory.getLogger(Lifetime.class);

  /** The work of a command with its mirror. */
  @FunctionalInterface
  public interface Work {

    /** Works until it is done, or until the mirror is closed. Returns how the process ends. */
    Outcome perform() throws IOException, InterruptedException;
  }

  private final EtcdMirror mirror;
  private final Outcome ifStopped;
  private final @Nullable SystemdNotifier systemd;
  private final AtomicReference<@Nullable Outcome> decided = new AtomicReference<>();

  private Lifetime(EtcdMirror mirror, Outcome ifStopped, @Nullable SystemdNotifier systemd) {
    this.mirror = mirror;
    this.ifStopped = ifStopped;
    this.systemd = systemd;
  }

  /**
   * Performs the work and ends the process.
   *
   * @param ifStopped how the process ends if a signal comes before the work is done
   */
  public static int spend(EtcdMirror mirror, Outcome ifStopped, Work work) {
    return spend(mirror, ifStopped, null, work);
  }

  /**
   * As {@link #spend(EtcdMirror, Outcome, Work)}.
   *
   * @param systemd a listener of the mirror, which is closed after it
   */
  public static int spend(
      EtcdMirror mirror, Outcome ifStopped, @Nullable SystemdNotifier systemd, Work work) {
    Lifetime lifetime = new Lifetime(mirror, ifStopped, systemd);
    Runtime.getRuntime().addShutdownHook(new Thread(lifetime::end, "end"));
    Outcome outcome = lifetime.perform(work);
    lifetime.decided.set(outcome);
    return outcome.exitCode();
  }

  private Outcome perform(Work work) {
    try {
      return work.perform();
    } catch (CancellationException e) {
      return ifStopped;
    } catch (IOException | InterruptedException | RuntimeException e) {
      return Outcome.failed(e);
    }
  }

  private void end() {
    mirror.close();
    if (systemd != null) {
      systemd.close();
    }
    RepeatFilter.tellAll();
    MirrorStatus status = mirror.status();
    if (status.index() > 0) {
      log.info(
          "stopped link={} index={} stored={}",
          status.link(),
          status.index(),
          status.storedIndex());
    } else {
      log.info("stopped before the sink was level link={}", status.link());
    }
    Outcome outcome = outcome(status);
    PrintStream err = System.err;
    if (!outcome.lastLine().isEmpty()) {
      err.println(outcome.lastLine());
    }
    err.flush();
    System.out.flush();
    Runtime.getRuntime().halt(outcome.exitCode());
  }

  private Outcome outcome(MirrorStatus status) {
    Outcome known = decided.get();
    if (known != null) {
      return known;
    }
    return status.state() == MirrorState.FAILED
        ? Outcome.failed(String.valueOf(status.lastError()))
        : ifStopped;
  }
}
