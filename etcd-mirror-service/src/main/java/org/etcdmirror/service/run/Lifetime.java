package org.etcdmirror.service.run;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.service.log.RepeatFilter;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the mirrors of this process until it ends. A shutdown hook closes them, which stores their
 * indexes, and ends the process with the exit code of its outcome. Java alone would exit with 128 +
 * N after a signal.
 */
public final class Lifetime {

  private static final Logger log = LoggerFactory.getLogger(Lifetime.class);

  /** The work of a command with its mirror. */
  @FunctionalInterface
  public interface Work {

    /** Works until it is done, or until the mirror is closed. Returns how the process ends. */
    Outcome perform() throws IOException, InterruptedException;
  }

  /** What the end of the process closes. */
  public interface Mirrors extends AutoCloseable {

    /** Returns the status of each. */
    List<MirrorStatus> statuses();

    /** Closes all. */
    @Override
    void close();
  }

  /** The only mirror of a process. */
  private record OneMirror(EtcdMirror mirror) implements Mirrors {

    @Override
    public List<MirrorStatus> statuses() {
      return List.of(mirror.status());
    }

    @Override
    public void close() {
      mirror.close();
    }
  }

  private final Mirrors mirrors;
  private final Outcome ifStopped;
  private final @Nullable SystemdNotifier systemd;
  private final AtomicReference<@Nullable Outcome> decided = new AtomicReference<>();

  private Lifetime(Mirrors mirrors, Outcome ifStopped, @Nullable SystemdNotifier systemd) {
    this.mirrors = mirrors;
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
    return spend(new OneMirror(mirror), ifStopped, systemd, work);
  }

  /** The same for several mirrors. */
  public static int spend(
      Mirrors mirrors, Outcome ifStopped, @Nullable SystemdNotifier systemd, Work work) {
    Lifetime lifetime = new Lifetime(mirrors, ifStopped, systemd);
    Runtime.getRuntime().addShutdownHook(new Thread(lifetime::end, "end"));
    Outcome outcome = perform(work, ifStopped);
    lifetime.decided.set(outcome);
    return outcome.exitCode();
  }

  /**
   * Also an error ends the process, which would otherwise go on with nothing that looks after it.
   */
  static Outcome perform(Work work, Outcome ifStopped) {
    try {
      return work.perform();
    } catch (CancellationException e) {
      return ifStopped;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      log.debug("the work ended by a failure", e);
      return Outcome.failed(e);
    }
  }

  private void end() {
    mirrors.close();
    if (systemd != null) {
      systemd.close();
    }
    RepeatFilter.tellAll();
    List<MirrorStatus> all = mirrors.statuses();
    all.forEach(Lifetime::logEnd);
    Outcome outcome = outcome(all);
    PrintStream err = System.err;
    if (!outcome.lastLine().isEmpty()) {
      err.println(outcome.lastLine());
    }
    err.flush();
    System.out.flush();
    Runtime.getRuntime().halt(outcome.exitCode());
  }

  private static void logEnd(MirrorStatus status) {
    if (status.index() > 0) {
      log.info(
          ServiceLogEvent.STOPPED.marker(),
          "stopped link={} index={} stored={}",
          status.link(),
          status.index(),
          status.storedIndex());
    } else {
      log.info(
          ServiceLogEvent.STOPPED.marker(),
          "stopped before the sink was level link={}",
          status.link());
    }
  }

  private Outcome outcome(List<MirrorStatus> all) {
    Outcome known = decided.get();
    if (known != null) {
      return known;
    }
    boolean failed = all.stream().allMatch(one -> one.state() == MirrorState.FAILED);
    return failed && !all.isEmpty()
        ? Outcome.failed(String.valueOf(all.get(0).lastError()))
        : ifStopped;
  }
}
