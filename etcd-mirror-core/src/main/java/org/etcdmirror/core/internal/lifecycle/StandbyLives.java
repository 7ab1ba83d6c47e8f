package org.etcdmirror.core.internal.lifecycle;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Lead;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.MirrorStatus.Role;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.Standby;
import org.etcdmirror.core.internal.run.LogBudget;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
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
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
  private static final Duration AT_CLOSE = Duration.ofSeconds(4);
  private static final int LINES_A_MINUTE = 2;

  private final Settings settings;
  private final Standby standby;
  private final Candidate candidate;
  private final WarmSource source;
  private final EventSink given;
  private final Supplier<Engine> engines;
  private final Thread thread;
  private final LogBudget lines = new LogBudget(LINES_A_MINUTE);
  private final Shutdown closing = new Shutdown();
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();

  private Engine engine;
  private WarmWatch watch;
  private boolean started;
  private boolean leads;
  private boolean ending;
  private @Nullable String leader;

  /**
   * This member led until another one did, and has not told that one yet. Used by the thread above
   * alone, as what is below.
   */
  private boolean mayHaveWrittenLate;

  /** The newest notice of a former leader that is known. */
  private long lateWrites;

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
    this.candidate = candidate;
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
    String known;
    WarmWatch followed;
    synchronized (this) {
      isLeader = leads;
      known = leader;
      followed = watch;
    }
    return new MirrorStatus.Membership(
        isLeader ? Role.LEADER : Role.STANDBY,
        standby.member(),
        known,
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
    Thread looks = MirrorThreads.thread(settings.link(), "standby-index", this::keepLooking);
    looks.start();
    try {
      while (!closing.hasBegun()) {
        if (leadsByNow()) {
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

  private boolean leadsByNow() throws InterruptedException {
    try {
      if (mayHaveWrittenLate) {
        candidate.tellOfLateWrites();
        mayHaveWrittenLate = false;
      }
      Lead lead = candidate.ask();
      learn(lead.leader());
      return lead.isMine();
    } catch (IOException e) {
      learn(null);
      now().runtime().progress().error(e);
      lines.write(end ->
          log.warn("[link={}] the lead is not known: {}{}", settings.link(), e.getMessage(), end));
      return false;
    }
  }

  private void learn(@Nullable String now) {
    synchronized (this) {
      if (now == null || now.equals(leader)) {
        leader = now;
        return;
      }
      leader = now;
    }
    log.info("[link={}] member {}: {} leads", settings.link(), standby.member(), now);
  }

  /** On a thread of its own, because a server that does not answer must not delay a takeover. */
  private void keepLooking() {
    try {
      do {
        look();
      } while (!closing.await(LOOK_INTERVAL));
    } catch (InterruptedException e) {
      log.debug("[link={}] looking at the leader's index ended", settings.link());
    }
  }

  /** How far the leader is. */
  private void look() throws InterruptedException {
    try {
      Checkpoint stored = now().inspection().storedByAnother();
      if (stored != null) {
        Progress progress = now().runtime().progress();
        progress.resumedAt(stored);
        WarmWatch followed = watched();
        followed.stored(stored.index());
        progress.sourceAt(Math.max(followed.seen(), stored.index()));
      }
    } catch (IOException | RuntimeException e) {
      log.debug("[link={}] reading the leader's index failed", settings.link(), e);
    }
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
      if (!leadsStill()) {
        leads(false);
        mayHaveWrittenLate = true;
        life.depose(describeLeader());
        return !closing.hasBegun();
      }
    }
    return !closing.hasBegun() && life.failure() == null && standBack(life);
  }

  private synchronized void leads(boolean now) {
    leads = now;
  }

  /**
   * A lead that ended because nothing was heard of the cluster is taken again if it is free. Until
   * an answer names another leader, only the sink can tell that this one must not write.
   */
  private boolean leadsStill() throws InterruptedException {
    try {
      Lead lead = candidate.ask();
      learn(lead.leader());
      hears(lead);
      return lead.isMine();
    } catch (IOException e) {
      lines.write(end ->
          log.warn(
              "[link={}] the lead was not prolonged: {}{}", settings.link(), e.getMessage(), end));
      return true;
    }
  }

  private void hears(Lead lead) {
    if (lead.isMine() && lead.lateWrites() != lateWrites) {
      lateWrites = lead.lateWrites();
      now().life().mayHaveLateWrites();
    }
  }

  private synchronized String describeLeader() {
    return leader == null ? "no member leads" : "member " + leader + " leads";
  }

  /**
   * The sink refused to write for this member. A writer that was not elected has a turn before this
   * member asks again.
   */
  private boolean standBack(MirrorLife refused) throws InterruptedException {
    leads(false);
    refused.close();
    mayHaveWrittenLate = true;
    if (!leadsStill()) {
      return !closing.hasBegun();
    }
    resign();
    learn(null);
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

  private void resign() throws InterruptedException {
    try {
      candidate.resign();
    } catch (IOException | RuntimeException e) {
      log.warn(
          "[link={}] the lead ends with its term, because resigning failed: {}",
          settings.link(),
          e.getMessage());
    }
  }

  /** The mirror is closed or has failed: another member may lead at once. */
  private void end() {
    beginEnd();
    try {
      if (closing.hasBegun()) {
        now().life().close();
      }
      watch.close();
      resign();
    } catch (InterruptedException e) {
      log.debug("[link={}] interrupted while resigning", settings.link(), e);
    } finally {
      synchronized (this) {
        leads = false;
        leader = null;
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
        log.warn("[link={}] close timed out: the lead ends with its term", settings.link());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeSides() {
    if (closed.compareAndSet(false, true)) {
      candidate.close();
      source.end();
      watched().close();
      given.close();
    }
  }
}
