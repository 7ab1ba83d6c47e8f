package org.etcdmirror.v3.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of one cluster by one user share: the login, the reach of the history, and turns
 * at what each of them asks while nothing happens. Safe for use by many threads.
 *
 * <p>An idle client asks about once a second. A thousand of them would keep a core busy on both
 * sides, so together they ask at most {@value #MOST_A_SECOND} times a second.
 */
public final class SharedCluster {

  /** So often all clients together ask for the same thing while nothing happens. */
  static final int MOST_A_SECOND = 50;

  private static final long TURN = Duration.ofSeconds(1).toNanos() / MOST_A_SECOND;

  /**
   * A mirror that was not shown to be level for 30 s does not count as level. More than a thousand
   * clients ask more often together.
   */
  private static final long LONGEST_TURN = Duration.ofSeconds(20).toNanos();

  /** Turns differ by so many percent, so that what begins together does not go on together. */
  private static final int SPREAD = 20;

  /** Fewer clients than this ask for the history themselves. */
  private static final int FEW = 16;

  private static final long HISTORY_AGE = Duration.ofSeconds(1).toNanos();

  /** Asks the cluster how far its history reaches. */
  @FunctionalInterface
  public interface HistoryQuestion {

    SourceHistory ask() throws IOException, InterruptedException;
  }

  private record KnownHistory(SourceHistory history, long askedNanos) {}

  private final @Nullable V3Login login;
  private final AtomicInteger clients = new AtomicInteger();
  private volatile @Nullable KnownHistory known;

  SharedCluster(Access access) {
    this.login = access.user() == null ? null : new V3Login(access.user(), access);
  }

  void enter() {
    clients.incrementAndGet();
  }

  /** Returns whether no client is left. */
  boolean leave() {
    return clients.decrementAndGet() == 0;
  }

  /** The login of the user; null for an anonymous one. */
  @Nullable V3Login login() {
    return login;
  }

  /**
   * How long one client waits before it asks again while nothing happens.
   *
   * @param least how long a client waits that is alone
   * @return that long, or about the time in which all clients have had a turn, at most 24 s
   */
  public long turnNanos(long least) {
    long turns = Math.min(LONGEST_TURN, clients.get() * TURN);
    if (turns <= least) {
      return least;
    }
    int percent = 100 - SPREAD + ThreadLocalRandom.current().nextInt(2 * SPREAD + 1);
    return Math.max(least, turns / 100 * percent);
  }

  /** The reach of the history: of many clients one asks, and the others take its fresh answer. */
  public SourceHistory history(HistoryQuestion question) throws IOException, InterruptedException {
    KnownHistory last = known;
    long now = System.nanoTime();
    if (clients.get() >= FEW && last != null && now - last.askedNanos() < HISTORY_AGE) {
      return last.history();
    }
    SourceHistory history = question.ask();
    known = new KnownHistory(history, now);
    return history;
  }
}
