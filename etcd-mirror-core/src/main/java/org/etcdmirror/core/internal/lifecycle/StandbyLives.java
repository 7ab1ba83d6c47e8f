package org.etcdmirror.core.internal.lifecycle;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.MirrorStatus.Role;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.Standby;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.run.TimedWait;
import org.etcdmirror.core.internal.standby.WarmSource;
import org.etcdmirror.core.internal.standby.WarmWatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lives of one member of a link: it stands by until it leads, mirrors with a new engine as long
 * as it leads, and stands by again. A thread of its own asks for the lead and prolongs it.
 */
public final class StandbyLives implements Lives {

  private static final Logger log = LoggerFactory.getLogger(StandbyLives.class);

  /** Each standby asks this often, so a leader that resigns is followed at once. */
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

  private static final int PAUSES_A_TERM = 10;
  private static final int PROLONGED_A_TERM = 3;
  private static final Duration AT_CLOSE = Duration.ofSeconds(4);

  private final Settings settings;
  private final Standby standby;
  private final Election election;
  private final WarmSource source;
  private final EventSink given;
  private final Supplier<Engine> engines;
  private final Thread thread;
  private final Shutdown closing = new Shutdown();
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();

  private Engine engine;
  private WarmWatch watch;
  private boolean started;
  private boolean leads;
  private boolean ending;

  /**
   * Lives of which none has begun.
   *
   * @param candidate asks for the lead, and makes the sink of each engine
   * @param source the source of all engines
   * @param given the sink that made the candidate, which is closed at the end
   * @param engines makes an engine that was not started
   */
  public StandbyLives(
      Settings settings,
      Candidate candidate,
      WarmSource source,
      EventSink given,
      Supplier<Engine> engines) {
    this.settings = settings;
    this.standby = requireNonNull(settings.standby(), "standby");
    this.election = new Election(settings.link(), standby, candidate);
    this.source = source;
    this.given = given;
    this.engines = engines;
    this.engine = engines.get();
    this.watch = newWatch(engine);
    this.thread = MirrorThreads.thread(settings.link(), "standby", this::live);
  }

  private WarmWatch newWatch(Engine of) {
    return source.newWatch(settings.link(), of.runtime().sides().mapper().selection());
  }

  @Override
  public synchronized Engine now() {
    return engine;
  }

  @Override
  public void start() {
    MirrorRuntime first = now().runtime();
    if (!first.states().standBy()) {
      throw MirrorLife.startedBefore(first);
    }
    synchronized (this) {
      started = true;
    }
    thread.start();
  }

  @Override
  public void run() {
    start();
    try {
      over.await();
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
    }
    now().life().throwFailure();
  }

  /** A single copy has nothing to take over. */
  @Override
  public ResyncReport syncOnce() {
    throw new IllegalStateException(
        "%s: a mirror with standbys runs until it is closed; leave out standby(...) for syncOnce"
            .formatted(settings.link()));
  }

  @Override
  public @Nullable Throwable failure() {
    return now().life().failure();
  }

  @Override
  public boolean isCalledByItself() {
    return Thread.currentThread() == thread || now().life().isCalledByItself();
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // Each engine is used once.
  public synchronized @Nullable Engine after(Engine ended, Duration timeout)
      throws InterruptedException {
    TimedWait.until(this, () -> engine != ended || isOver(), timeout);
    return engine == ended ? null : engine;
  }

  private synchronized WarmWatch watched() {
    return watch;
  }

  private boolean isOver() {
    return closing.hasBegun() || over.getCount() == 0;
  }

  @Override
  public MirrorStatus.Membership membership() {
    boolean isLeader;
    WarmWatch followed;
    synchronized (this) {
      isLeader = leads;
      followed = watch;
    }
    return new MirrorStatus.Membership(
        isLeader ? Role.LEADER : Role.STANDBY,
        standby.member(),
        election.leader(),
        !isLeader && followed.isWarm());
  }

  private void live() {
    try {
      while (standBy() && lead()) {
        standByAgain();
      }
    } catch (InterruptedException e) {
      log.debug("[link={}] member was interrupted", settings.link());
    } catch (RuntimeException | Error e) {
      if (closing.hasBegun()) {
        log.debug("[link={}] member was closed", settings.link(), e);
      } else {
        now().life().failBy(e);
      }
    } finally {
      end();
    }
  }

  /** Waits for the lead; false if the mirror is to end. */
  private boolean standBy() throws InterruptedException {
    MirrorThreads.thread(settings.link(), "standby-watch", watch).start();
    Thread looks =
        MirrorThreads.thread(
            settings.link(),
            "standby-index",
            new LeaderIndex(settings.link(), now(), watch, closing));
    looks.start();
    try {
      while (!closing.hasBegun()) {
        if (election.isWon(now().runtime().progress()::error)) {
          return true;
        }
        closing.await(pause());
      }
      return false;
    } finally {
      looks.interrupt();
      looks.join();
    }
  }

  private Duration pause() {
    Duration part = standby.term().dividedBy(PAUSES_A_TERM);
    return part.compareTo(LONGEST_PAUSE) < 0 ? part : LONGEST_PAUSE;
  }

  /** Mirrors while it leads; false if the mirror is to end. */
  private boolean lead() throws InterruptedException {
    MirrorLife life = now().life();
    leads(true);
    source.leads(watch);
    if (!life.startUnlessClosed() || closing.hasBegun()) {
      return false;
    }
    while (!life.hasEndedWithin(standby.term().dividedBy(PROLONGED_A_TERM))) {
      if (!election.isKept(life)) {
        leads(false);
        election.lost();
        life.depose(election.describeLeader());
        return !closing.hasBegun();
      }
    }
    return !closing.hasBegun() && life.failure() == null && standBack(life);
  }

  private synchronized void leads(boolean now) {
    leads = now;
  }

  /**
   * The sink refused to write for this member. A writer that was not elected has a turn before this
   * member asks again.
   */
  private boolean standBack(MirrorLife refused) throws InterruptedException {
    leads(false);
    refused.close();
    election.lost();
    if (!election.isKept(refused)) {
      return !closing.hasBegun();
    }
    election.resign();
    return !closing.await(standby.term());
  }

  /** The next engine, which was not started; what a person wished of the last one holds. */
  private void standByAgain() {
    Engine last = now();
    Engine next = engines.get();
    next.runtime().states().goesOnStandingBy();
    watch.close();
    WarmWatch later = newWatch(next);
    synchronized (this) {
      if (!closing.hasBegun()) {
        // Here, so that no wish comes between, and none that was taken back is told.
        if (last.runtime().pause().isAsked()) {
          next.runtime().pause().begin();
        }
        engine = next;
        watch = later;
        notifyAll();
        return;
      }
    }
    next.life().close();
  }

  /** The mirror is closed or has failed: another member may lead at once. */
  private void end() {
    beginEnd();
    try {
      if (closing.hasBegun()) {
        now().life().close();
      }
      watch.close();
      election.resign();
    } catch (InterruptedException e) {
      log.debug("[link={}] interrupted while resigning", settings.link(), e);
    } finally {
      synchronized (this) {
        leads = false;
        over.countDown();
        notifyAll();
      }
      if (closing.hasBegun()) {
        closeSides();
      }
    }
  }

  @Override
  public void close() {
    boolean runs;
    synchronized (this) {
      closing.begin();
      runs = started;
      notifyAll();
    }
    // No other engine follows.
    now().runtime().states().over();
    if (!runs) {
      now().life().close();
      closeSides();
      return;
    }
    if (Thread.currentThread() == thread) {
      // It ends when the listener returns.
      return;
    }
    boolean waits = !isCalledByItself();
    now().life().close();
    if (waits) {
      awaitOver();
    }
  }

  /** A close interrupts whatever came before, but not the resignation. */
  private synchronized void beginEnd() {
    ending = true;
    if (Thread.interrupted()) {
      log.debug("[link={}] member was interrupted by a close", settings.link());
    }
  }

  private synchronized void interruptUnlessEnding() {
    if (!ending) {
      thread.interrupt();
    }
  }

  private void awaitOver() {
    interruptUnlessEnding();
    try {
      if (over.await(AT_CLOSE.toNanos(), NANOSECONDS)) {
        closeSides();
      } else {
        log.warn(
            LogEvent.CLOSE_TIMED_OUT.marker(),
            "[link={}] close timed out: the lead ends with its term",
            settings.link());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeSides() {
    if (closed.compareAndSet(false, true)) {
      election.close();
      source.end();
      watched().close();
      given.close();
    }
  }
}
