package org.etcdmirror.core.internal.lifecycle;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.GapException;
import org.etcdmirror.core.MirrorFailedException;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.Verification;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.cutover.CutoverCommit;
import org.etcdmirror.core.internal.flow.Applier;
import org.etcdmirror.core.internal.flow.Reader;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.queue.WorkQueue;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.verify.Inspection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a mirror: its threads, and how it begins and ends. Whatever ends it, by itself or by
 * a call, {@link #end} is passed once.
 */
public final class MirrorLife {

  private static final Logger log = LoggerFactory.getLogger(MirrorLife.class);
  private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);

  private final Settings settings;
  private final MirrorRuntime runtime;
  private final WorkQueue queue;
  private final Reader reader;
  private final Applier applier;
  private final Inspection inspection;
  private final @Nullable LateWriteCheck lateWrites;
  private final MirrorThreads threads;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Completes the close. */
  private final CountDownLatch over = new CountDownLatch(1);

  /** Another member of the link leads, or may. What fails from then on is no failure. */
  private final AtomicBoolean deposed = new AtomicBoolean();

  private volatile boolean begun;
  private boolean closeAtEnd;
  private boolean atEnd;
  private volatile @Nullable Throwable failure;

  public MirrorLife(
      Settings settings, MirrorRuntime runtime, CheckpointNotes notes, Inspection inspection) {
    this.settings = settings;
    this.runtime = runtime;
    this.queue = new WorkQueue(settings.limits().bufferEvents(), settings.limits().bufferBytes());
    this.reader = new Reader(settings, runtime, queue, notes);
    this.applier = new Applier(settings, runtime, queue, notes);
    this.inspection = inspection;
    runtime.sides().mapper().warnOfRules(settings.link());
    Verification turns = settings.verification();
    this.lateWrites =
        LateWriteCheck.isNeeded(settings, runtime)
            ? new LateWriteCheck(settings, runtime, inspection, applier::compare)
            : null;
    this.threads =
        new MirrorThreads(
            settings.link(),
            reader::run,
            this::apply,
            new SourceMonitor(settings, runtime),
            turns == null
                ? null
                : new VerifySchedule(settings, runtime, turns, inspection, applier::compare),
            lateWrites);
  }

  /** Begins, on threads of its own. */
  public void start() {
    if (!startUnlessClosed()) {
      throw startedBefore(runtime);
    }
  }

  /** The same; false if it was started or closed before. */
  boolean startUnlessClosed() {
    try {
      if (!begin(true)) {
        return false;
      }
      threads.start();
    } catch (Error e) {
      fail(e);
      end();
      throw e;
    }
    return true;
  }

  private boolean begin(boolean pauses) {
    if (!runtime.states().start()) {
      return false;
    }
    begun = true;
    runtime.pause().begun(pauses);
    inspection.mirrorStarts();
    return true;
  }

  /** The failure of a start that is not the first. */
  static IllegalStateException startedBefore(MirrorRuntime runtime) {
    return new IllegalStateException(
        "a mirror starts only once; this one is " + runtime.states().state() + ": build a new one");
  }

  /** Begins, and waits for the end. An interrupt ends it. */
  public void run() {
    start();
    try {
      ended.await();
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
    }
    throwFailure();
  }

  /** Begins and ends on the caller's thread. */
  public ResyncReport syncOnce() throws InterruptedException {
    if (!begin(false)) {
      throw startedBefore(runtime);
    }
    threads.callerApplies(true);
    try {
      return applier.syncOnce();
    } catch (Retry.StoppedException e) {
      throw cancelled(e);
    } catch (InterruptedException e) {
      if (runtime.shutdown().hasBegun()) {
        throw cancelled(e);
      }
      throw e;
    } catch (Throwable e) {
      if (isCausedByClose(e)) {
        throw cancelled(e);
      }
      fail(e);
      throw new MirrorFailedException(settings.link(), e);
    } finally {
      threads.callerApplies(false);
      end();
    }
  }

  private void apply() {
    try {
      applier.load().ifPresent(reader::resumeFrom);
      threads.startReader();
      applier.run();
    } catch (Retry.StoppedException e) {
      log.debug("[link={}] closed before the applier started", settings.link());
    } catch (InterruptedException e) {
      if (runtime.shutdown().hasBegun()) {
        log.warn(
            LogEvent.CLOSE_INTERRUPTED.marker(),
            "[link={}] closed before the current batch was committed; it will be read again on"
                + " restart",
            settings.link());
      } else {
        fail(new PermanentException("applier thread was interrupted", e));
      }
    } catch (Throwable e) {
      if (isCausedByClose(e)) {
        log.warn(
            LogEvent.CLOSE_INTERRUPTED.marker(),
            "[link={}] closed during the current batch; it will be read again on restart",
            settings.link());
      } else {
        fail(e);
      }
    } finally {
      end();
    }
  }

  /** Whether the failure is that of a sink that was closed after the close timeout. */
  private boolean isCausedByClose(Throwable e) {
    return e instanceof ClosedException && runtime.shutdown().hasBegun();
  }

  private void fail(Throwable cause) {
    if (deposed.get() || (settings.standby() != null && cause instanceof FencedException)) {
      deposed(String.valueOf(cause.getMessage()));
      return;
    }
    failed(cause);
  }

  private void failed(Throwable cause) {
    failure = cause;
    if (cause instanceof GapException stopped) {
      runtime.gaps().ended(stopped.gap(), RecoveryPolicy.Decision.FAIL, 0, 0);
    }
    if (cause instanceof FencedException) {
      runtime.progress().unconfirmed();
    }
    runtime.progress().error(cause);
    runtime.states().failed();
    runtime.listener().onFailed(cause);
    log.error(
        LogEvent.FAILED.marker(),
        "[link={}] failed: {}",
        settings.link(),
        cause.getMessage(),
        cause);
  }

  private void deposed(String why) {
    if (deposed.compareAndSet(false, true)) {
      log.warn(
          LogEvent.LEAD_LOST.marker(),
          "[link={}] stands by, because it no longer leads: {}",
          settings.link(),
          why);
      runtime.progress().unconfirmed();
      runtime.states().deposed();
    }
  }

  /**
   * The sink's cluster answered that this member leads.
   *
   * @param askedNanos when it was asked, by {@link System#nanoTime}
   */
  void leads(long askedNanos) {
    runtime.lead().confirmed(askedNanos);
  }

  /** A former leader says that it may have written after its term. */
  void mayHaveLateWrites() {
    if (lateWrites != null) {
      lateWrites.again();
    }
  }

  /** Ends it, as {@link #close} does, because another member of the link leads. */
  void depose(String why) {
    deposed(why);
    close();
  }

  /** Fails for a reason outside of its threads, also when it has already made way for another. */
  void failBy(Throwable cause) {
    failed(cause);
    stopWorking();
    if (!begun) {
      end();
    }
  }

  /** Waits for the end of its threads, but not longer than this. */
  boolean hasEndedWithin(Duration time) throws InterruptedException {
    return ended.await(NANOSECONDS.convert(time), NANOSECONDS);
  }

  private void end() {
    try {
      stopWorking();
      runtime.states().stopped();
    } finally {
      runtime.progress().over();
      runtime.pause().ended();
      applier.cutoverCommit().abandon();
      boolean closes = closesAtEnd();
      if (closes) {
        runtime.sides().close(settings.link());
      }
      ended.countDown();
      if (closes) {
        over.countDown();
      }
    }
  }

  /** Drops the waiting batches. The next run reads them again. */
  private void stopWorking() {
    runtime.shutdown().begin();
    queue.close();
    runtime.pause().over();
    runtime.approvals().end();
    threads.interruptReading();
  }

  void throwFailure() {
    Throwable cause = failure;
    if (cause != null) {
      throw new MirrorFailedException(settings.link(), cause);
    }
  }

  /** What ended it; null while it lives, and if it was closed. */
  public @Nullable Throwable failure() {
    return failure;
  }

  public static CancellationException cancelled(Throwable cause) {
    CancellationException cancelled = new CancellationException("the mirror was closed");
    cancelled.initCause(cause);
    return cancelled;
  }

  /** The cut-over of this link. */
  public CutoverCommit cutoverCommit() {
    return applier.cutoverCommit();
  }

  /** Ends it, and waits for that unless a thread of its own asks; harmless when repeated. */
  public void close() {
    boolean started = runtime.states().close();
    inspection.close();
    stopWorking();
    if (!closed.compareAndSet(false, true)) {
      if (!isCalledByItself()) {
        awaitOver();
      }
      return;
    }
    if (isLeftToEnd()) {
      return;
    }
    try {
      if (started) {
        awaitEnd();
      }
      runtime.sides().close(settings.link());
      runtime.states().stopped();
      runtime.progress().over();
    } finally {
      over.countDown();
    }
  }

  /**
   * Waits for another thread that already closes the mirror, no longer than that thread may take.
   */
  private void awaitOver() {
    Duration longest = settings.timings().closeTimeout().plus(AFTER_INTERRUPT.multipliedBy(2));
    try {
      if (!over.await(NANOSECONDS.convert(longest), NANOSECONDS)) {
        log.warn(
            LogEvent.CLOSE_TIMED_OUT.marker(),
            "[link={}] close timed out: another thread still closes this mirror",
            settings.link());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the current thread is one of the mirror's own, which cannot wait for the mirror. */
  public boolean isCalledByItself() {
    return threads.areCurrent();
  }

  private synchronized boolean isLeftToEnd() {
    closeAtEnd = isCalledByItself() && !atEnd;
    return closeAtEnd;
  }

  private synchronized boolean closesAtEnd() {
    atEnd = true;
    return closeAtEnd;
  }

  private void awaitEnd() {
    try {
      if (!ended.await(NANOSECONDS.convert(settings.timings().closeTimeout()), NANOSECONDS)) {
        log.warn(
            LogEvent.CLOSE_TIMED_OUT.marker(),
            "[link={}] close interrupts the current batch: closeTimeout={}",
            settings.link(),
            settings.timings().closeTimeout());
        threads.interruptApplying();
        ended.await(NANOSECONDS.convert(AFTER_INTERRUPT), NANOSECONDS);
      }
    } catch (InterruptedException e) {
      threads.interruptApplying();
      Thread.currentThread().interrupt();
    }
  }
}
