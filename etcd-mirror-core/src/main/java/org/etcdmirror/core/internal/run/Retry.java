package org.etcdmirror.core.internal.run;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.internal.log.LogEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats one side's calls while they fail transiently, without a limit, with back-off that starts
 * again after each success. Used by one thread.
 */
public final class Retry {

  private static final Logger log = LoggerFactory.getLogger(Retry.class);

  /** A call that may fail transiently. */
  @FunctionalInterface
  public interface Call<T> {
    T call() throws IOException, InterruptedException, StoppedException;
  }

  /** A call without a result that may fail transiently. */
  @FunctionalInterface
  public interface Action {
    void run() throws IOException, InterruptedException, StoppedException;
  }

  /** Thrown in place of another attempt when the mirror is to end. */
  public static final class StoppedException extends Exception {
    private static final long serialVersionUID = 1L;

    public StoppedException() {
      super("the mirror is stopping", null, false, false);
    }
  }

  /** A failure that goes on is in the status and counted; see also {@link StateMachine}. */
  private static final int LINES_A_MINUTE = 6;

  private final LogBudget lines = new LogBudget(LINES_A_MINUTE);
  private final String link;
  private final Shutdown shutdown;
  private final Progress progress;
  private final MirrorListener listener;
  private final Backoff backoff;
  private final Runnable whileFailing;

  public Retry(Settings settings, MirrorRuntime runtime) {
    this(settings, runtime, () -> {});
  }

  /**
   * A retry.
   *
   * @param whileFailing done after each failure, before the pause; throws nothing
   */
  public Retry(Settings settings, MirrorRuntime runtime, Runnable whileFailing) {
    this.whileFailing = whileFailing;
    this.link = settings.link();
    this.shutdown = runtime.shutdown();
    this.progress = runtime.progress();
    this.listener = runtime.listener();
    this.backoff = new Backoff(settings.timings().backoff());
  }

  /** Calls until it works. {@code failing} is told when it begins and ends to fail. */
  public <T> T call(Call<T> call, StateFlag failing) throws InterruptedException, StoppedException {
    while (true) {
      try {
        T result = call.call();
        succeeded();
        failing.set(false);
        return result;
      } catch (IOException e) {
        // The cause comes first, so that no status shows the state without it.
        progress.error(e);
        failing.set(true);
        pause(e);
      }
    }
  }

  /** Runs until it works. {@code failing} is told when it begins and ends to fail. */
  public void run(Action action, StateFlag failing) throws InterruptedException, StoppedException {
    call(
        () -> {
          action.run();
          return true;
        },
        failing);
  }

  /** A flag that follows success and failure. */
  @FunctionalInterface
  public interface StateFlag {
    void set(boolean on);
  }

  public void succeeded() {
    backoff.reset();
  }

  /** Reports a transient failure and waits until the next attempt. */
  public void pause(IOException failure) throws InterruptedException, StoppedException {
    if (shutdown.hasBegun()) {
      // There is no other attempt to speak of.
      log.debug("[link={}] not retrying, because the mirror is stopping", link, failure);
      throw new StoppedException();
    }
    Duration pause = backoff.next();
    progress.counters.retries.incrementAndGet();
    progress.error(failure);
    // Which side it is the failure tells: the applier reads the source as well.
    lines.write(end ->
        log.warn(
            LogEvent.RETRY.marker(),
            "[link={}] {}; retryInMs={}{}",
            link,
            describe(failure),
            pause.toMillis(),
            end));
    log.debug("[link={}]", link, failure);
    listener.onRetry(failure, pause);
    whileFailing.run();
    if (shutdown.await(pause)) {
      throw new StoppedException();
    }
  }

  private static String describe(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : DisplayText.of(message, Progress.LONGEST_ERROR);
  }
}
