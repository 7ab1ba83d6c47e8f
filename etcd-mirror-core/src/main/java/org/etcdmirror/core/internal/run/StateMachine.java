package org.etcdmirror.core.internal.run;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of a mirror, all in one place. The threads say what happened; the state follows from
 * that, by {@link #next}:
 *
 * <ol>
 *   <li>once failed or stopped: FAILED or STOPPED, finally;
 *   <li>another member of the link leads: STANDBY, until the mirror is closed, as the next engine
 *       has states of its own;
 *   <li>closing: STOPPING;
 *   <li>not started: CREATED, or STANDBY while another member leads;
 *   <li>a person's approval is waited for: BLOCKED, whatever else is wrong meanwhile;
 *   <li>the applier stands still because it was told to: PAUSED;
 *   <li>the source or the sink does not answer: RETRYING, or CONNECTING if the source never did;
 *   <li>the sink is not known to be level ({@link Doubts}): RESYNCING;
 *   <li>else: FOLLOWING.
 * </ol>
 *
 * <p>The listener is told in order and without a lock, by whichever thread comes first.
 */
public final class StateMachine {

  /** A change that the listener is to be told. */
  private record Change(MirrorState before, MirrorState after, boolean told) {}

  private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

  /** An unstable source changes the state again and again. */
  private static final int LINES_A_MINUTE = 2;

  /** One for each pair of states that follow each other. */
  private final Map<String, LogBudget> lines = new ConcurrentHashMap<>();

  private final String link;
  private final MirrorListener listener;

  private boolean standsBy;
  private boolean deposed;
  private boolean over;
  private boolean started;
  private boolean everConnected;
  private boolean connected;
  private boolean sinkFailing;
  private boolean sinkAway;
  private int doubts;
  private boolean blocked;
  private boolean paused;
  private boolean closing;
  private boolean stopped;
  private boolean failed;
  private volatile MirrorState state = MirrorState.CREATED;
  private final Queue<Change> untold = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean telling = new AtomicBoolean();

  public StateMachine(String link, MirrorListener listener) {
    this.link = link;
    this.listener = listener;
  }

  public MirrorState state() {
    return state;
  }

  /** False if it was started or closed before. */
  public boolean start() {
    return first(() -> started = true, MirrorState.CREATED, MirrorState.STANDBY);
  }

  /** Waits for the lead before it is started; false if it was started or closed before. */
  public boolean standBy() {
    return first(() -> standsBy = true, MirrorState.CREATED);
  }

  private boolean first(Runnable what, MirrorState... from) {
    boolean first;
    synchronized (this) {
      first = List.of(from).contains(state) && !deposed;
      if (first) {
        enter(what);
      }
    }
    tell();
    return first;
  }

  /** The states of an engine that comes after another one, which said that the mirror stands by. */
  public void goesOnStandingBy() {
    synchronized (this) {
      standsBy = true;
      state = next();
    }
  }

  /** Another member of the link leads, or may. */
  public void deposed() {
    change(() -> deposed = true);
  }

  /** The mirror is closed: no other engine follows. */
  public void over() {
    change(() -> over = true);
  }

  public void sourceConnected() {
    change(() -> {
      connected = true;
      everConnected = true;
    });
  }

  public void sourceLost() {
    change(() -> connected = false);
  }

  public void sinkFailing(boolean now) {
    change(() -> sinkFailing = now);
  }

  /**
   * Whether the sink does not answer though nothing is to be written. Apart from {@link
   * #sinkFailing}, because work that needs no request succeeds meanwhile.
   */
  public void sinkAway(boolean now) {
    change(() -> sinkAway = now);
  }

  /** So many reasons more, or less if negative, why the sink may not be level. */
  void doubted(int more) {
    change(() -> doubts += more);
  }

  void blocked(boolean now) {
    change(() -> blocked = now);
  }

  public void paused(boolean now) {
    change(() -> paused = now);
  }

  /** Whether it was ever started. */
  public boolean close() {
    change(() -> closing = true);
    synchronized (this) {
      return started;
    }
  }

  public void stopped() {
    change(() -> stopped = true);
  }

  /** Unless the mirror stopped before. What only made way for another member has not. */
  public void failed() {
    change(() -> failed = failed || deposed || !stopped);
  }

  private MirrorState next() {
    if (failed) {
      return MirrorState.FAILED;
    }
    if (deposed && !over) {
      return MirrorState.STANDBY;
    }
    if (stopped) {
      return MirrorState.STOPPED;
    }
    if (closing) {
      return MirrorState.STOPPING;
    }
    if (!started) {
      return standsBy ? MirrorState.STANDBY : MirrorState.CREATED;
    }
    if (blocked) {
      return MirrorState.BLOCKED;
    }
    if (paused) {
      return MirrorState.PAUSED;
    }
    if (!connected || sinkFailing || sinkAway) {
      return everConnected || sinkFailing || sinkAway
          ? MirrorState.RETRYING
          : MirrorState.CONNECTING;
    }
    return doubts > 0 ? MirrorState.RESYNCING : MirrorState.FOLLOWING;
  }

  private void change(Runnable what) {
    synchronized (this) {
      enter(what);
    }
    tell();
  }

  private void enter(Runnable what) {
    MirrorState before = state;
    what.run();
    state = next();
    if (state != before) {
      untold.add(new Change(before, state, started || standsBy));
    }
  }

  /** A mirror that only planned or verified does not log its end. */
  private void log(boolean isTold, String what) {
    if (isTold) {
      log.info("[link={}] {}", link, what);
    } else {
      log.debug("[link={}] {}", link, what);
    }
  }

  private void tell() {
    while (!untold.isEmpty() && telling.compareAndSet(false, true)) {
      try {
        for (Change change = untold.poll(); change != null; change = untold.poll()) {
          boolean isTold = change.told();
          String pair = change.before() + " -> " + change.after();
          lines
              .computeIfAbsent(pair, key -> new LogBudget(LINES_A_MINUTE))
              .write(end -> log(isTold, pair + end));
          listener.onState(change.before(), change.after());
        }
      } finally {
        telling.set(false);
      }
    }
  }
}
