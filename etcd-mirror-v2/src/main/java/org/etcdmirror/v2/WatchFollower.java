package org.etcdmirror.v2;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.Start;
import org.jspecify.annotations.Nullable;

/**
 * Follows a tree across watches, so that neither a quiet tree in a busy store nor a burst falls off
 * the store's 1000 events (etcd 2.0 to 3.5). One thread runs it; it alone knows the confirmed
 * index: every event of the tree through it is in the outbox.
 *
 * <p>One watch feeds the stream. Again and again a second one is opened behind the confirmed index
 * and takes over once it is proven that nothing lies between, see {@link HandOverAttempt}. A watch
 * that died, or that lost events, is mended in an order that loses nothing: first a new watch from
 * "now", then the hole from history; what history no longer has is a gap.
 */
final class WatchFollower {

  private static final Duration TICK = Duration.ofMillis(10);
  private static final Duration IDLE_TICK = Duration.ofMillis(250);
  private static final Duration SILENCE_AFTER_BURST = Duration.ofMillis(50);

  /** A watch that says nothing while no other can be opened is no longer trusted after this. */
  private static final Duration WITHOUT_PROOF = Duration.ofSeconds(6);

  private final WatchOpener opener;
  private final BlockingQueue<WatchSignal> mailbox;
  private final Credit credit;
  private final Outbox outbox;
  private final Delivery delivery;
  private final HistoryReader history;
  private final HandOverPace pace = new HandOverPace();
  private final PatientClock clock = new PatientClock();

  private @Nullable Witness witness;
  private @Nullable HandOverAttempt attempt;
  private @Nullable WatchLink retired;
  private long nextAttemptNanos;
  private long provenNanos;
  private int failures;
  private final AtomicBoolean owned = new AtomicBoolean();
  private volatile boolean closed;

  WatchFollower(
      WatchOpener opener, Credit credit, Outbox outbox, Delivery delivery, HistoryReader history) {
    this.opener = opener;
    this.mailbox = opener.mailbox();
    this.credit = credit;
    this.outbox = outbox;
    this.delivery = delivery;
    this.history = history;
  }

  /** Opens the first watch; when this returns, nothing after the start can be missed. */
  void begin(Start start) throws IOException, LostEventsException, InterruptedException {
    if (start instanceof Start.After after) {
      delivery.begin(after.index());
      mend(false);
    } else {
      WatchLink fresh = opener.fromNow(0);
      delivery.begin(fresh.headerIndex());
      feedFrom(fresh);
    }
  }

  /** Follows until it is closed or fails; the outbox is told of the end, whatever it is. */
  void run() {
    if (!owned.compareAndSet(false, true)) {
      return;
    }
    try {
      while (!closed) {
        step();
      }
      outbox.end(new IOException("the stream is closed"));
    } catch (InterruptedException e) {
      outbox.end(new IOException("the stream is closed", e));
    } catch (RejectedExecutionException e) {
      outbox.end(new IOException("the client is closed", e));
    } catch (Throwable e) {
      // An Error too: whoever polls would wait for ever.
      outbox.end(e);
    } finally {
      closeLinks();
      credit.close();
    }
  }

  /** Ends it from any thread, also if {@link #run} never began. */
  void close() {
    closed = true;
    if (owned.compareAndSet(false, true)) {
      closeLinks();
      credit.close();
    }
  }

  /** Ends all watches; for the thread that runs it, or when none does. */
  void closeLinks() {
    if (witness != null) {
      witness.link().close();
    }
    dropAttempt();
    if (retired != null) {
      retired.close();
      retired = null;
    }
  }

  /** The hand-over under way, if there is one. */
  @Nullable HandOverAttempt attempt() {
    return attempt;
  }

  /** Takes in what has come, or waits a little for it, and judges what that means. */
  void step() throws IOException, LostEventsException, InterruptedException {
    Duration pause = pause();
    WatchSignal signal = mailbox.poll(pause.toNanos(), NANOSECONDS);
    clock.advance(pause);
    for (int i = 0; signal != null && i < 1000; i++) {
      on(signal);
      signal = i < 999 ? mailbox.poll() : null;
    }
    // Only when everything that came has been seen can silence mean anything.
    if (mailbox.isEmpty()) {
      judge(clock.now());
    }
  }

  /** How long nothing needs to be judged if nothing comes. */
  private Duration pause() {
    if (attempt != null || feeding().mayHaveOverflowed()) {
      return TICK;
    }
    Duration left = Duration.ofNanos(Math.max(0, nextAttemptNanos - clock.now()));
    return left.compareTo(IDLE_TICK) < 0 ? left : IDLE_TICK;
  }

  private void on(WatchSignal signal)
      throws IOException, LostEventsException, InterruptedException {
    WatchLink link = signal.link();
    if (link == feeding().link()) {
      onFeeding(signal);
    } else if (attempt != null && attempt.link() == link) {
      onAttempt(attempt, signal);
    } else if (signal instanceof WatchSignal.Line line) {
      if (link == retired) {
        delivery.refuseMissed(line.event());
      }
      credit.giveBack(line.cost());
    }
  }

  private void onFeeding(WatchSignal signal)
      throws IOException, LostEventsException, InterruptedException {
    if (signal instanceof WatchSignal.Line line) {
      feeding().line(line.event().node().modifiedIndex(), clock.now());
      accept(line);
      if (feeding().link().isFromHistory(line.event())) {
        mend(false);
      }
    } else if (signal instanceof WatchSignal.Ended ended) {
      opener.failed(ended);
      if (attempt != null && attempt.standsAlone()) {
        // It misses nothing after its start, though what its header says is not proven yet.
        feedFrom(attempt.link());
        takeHeld(requireNonNull(attempt));
      } else {
        mend(false);
      }
    }
  }

  private void onAttempt(HandOverAttempt current, WatchSignal signal)
      throws IOException, InterruptedException {
    long now = clock.now();
    if (signal instanceof WatchSignal.Opened opened) {
      headSeen(opened.link().headerIndex());
      // Measured where it was asked for: what came over the old watch since may be newer.
      IOException unfit = opener.unfit(opened.link(), current.confirmed());
      if (unfit == null) {
        current.opened(now);
        if (current.isFar() && opener.isOnlyMember(opened.link())) {
          current.trustFar();
        }
      } else {
        current.broke(unfit);
      }
    } else if (signal instanceof WatchSignal.Line line) {
      onAttemptLine(current, line, now);
    } else if (signal instanceof WatchSignal.Cleared cleared) {
      headSeen(cleared.current());
      // On the old watch's server: what another has come to proves nothing about it.
      current.takeOver(opener.fromNowAt(feeding().link().endpoint()), now);
    } else if (signal instanceof WatchSignal.Ended ended) {
      current.broke(opener.failed(ended));
    }
  }

  private void onAttemptLine(HandOverAttempt current, WatchSignal.Line line, long now)
      throws IOException {
    V2Event event = line.event();
    if (!current.link().isFromHistory(event)) {
      current.live(line, now);
      return;
    }
    credit.giveBack(line.cost());
    long index = event.node().modifiedIndex();
    if (delivery.isOurs(event)) {
      current.foundInHistory(event, now);
    } else {
      // The first match after the confirmed index is none of ours, so nothing of ours is before it.
      delivery.confirm(index);
      current.foundNothingUseful();
    }
  }

  private void judge(long now) throws IOException, LostEventsException, InterruptedException {
    delivery.tick();
    HandOverAttempt current = attempt;
    if (current == null) {
      boolean burstEnded =
          feeding().mayHaveOverflowed() && feeding().silentFor(SILENCE_AFTER_BURST, now);
      if (now - nextAttemptNanos >= 0 || (burstEnded && failures == 0)) {
        beginAttempt(now);
      }
      return;
    }
    HandOverAttempt.Verdict verdict = current.verdict(feeding(), now);
    if (!mailbox.isEmpty()) {
      // It came while the verdict was being found, and may belie it.
      return;
    }
    switch (verdict) {
      case WAIT -> {}
      case PROMOTE -> promote(current, now);
      case KEEP -> {
        // It went on to newer ones, but may have skipped this one.
        delivery.refuseMissed(requireNonNull(current.found()));
        proven(now);
        dropAttempt();
        schedule(now, pace.next());
      }
      case AGAIN -> {
        dropAttempt();
        beginAttempt(now);
      }
      case LOST -> mend(true);
      case FAILED -> {
        opener.avoid(current.link());
        attemptFailed(requireNonNull(current.failure()), now);
      }
    }
  }

  private void beginAttempt(long now) throws IOException {
    WatchLink link = opener.begin(OptionalLong.of(delivery.confirmed() + 1));
    attempt = new HandOverAttempt(link, delivery.confirmed(), now);
  }

  private void promote(HandOverAttempt current, long now) throws IOException, LostEventsException {
    WatchLink before = feeding().link();
    if (retired != null) {
      retired.close();
      retired = null;
    }
    if (current.isTakeover()) {
      outbox.notice(
          new SourceNotice(
              SourceNotice.Kind.HISTORY_OUTRUN,
              1,
              "history after index %d was cleared while connected; the watch was intact and was handed over at index %d"
                  .formatted(delivery.confirmed(), current.link().headerIndex())));
      // Kept open until the next hand-over: should it tell of something late, that is noticed.
      retired = before;
    } else {
      before.close();
    }
    opener.worked(current.link());
    feedFrom(current.link());
    delivery.confirm(current.link().headerIndex());
    takeHeld(current);
    schedule(now, pace.next());
  }

  private void attemptFailed(IOException failure, long now) throws IOException {
    dropAttempt();
    failures++;
    if (now - provenNanos >= WITHOUT_PROOF.toNanos()) {
      throw failure;
    }
    schedule(now, Duration.ofMillis(100L << Math.min(failures, 4)));
  }

  private void proven(long now) {
    provenNanos = now;
    failures = 0;
  }

  private void schedule(long now, Duration pause) {
    nextAttemptNanos = now + pause.toNanos();
  }

  /** First a new watch, then the hole behind the confirmed index. */
  private void mend(boolean lossSeen)
      throws IOException, LostEventsException, InterruptedException {
    closeLinks();
    WatchLink fresh = opener.fromNow(delivery.confirmed());
    headSeen(fresh.headerIndex());
    feedFrom(fresh);
    long from = delivery.confirmed() + 1;
    List<V2Event> missed = history.read(fresh.endpoint(), from, fresh.headerIndex());
    for (V2Event event : missed) {
      accept(event, 0);
    }
    delivery.confirm(fresh.headerIndex());
    if (lossSeen) {
      outbox.notice(
          new SourceNotice(
              SourceNotice.Kind.STREAM_REPAIRED,
              Math.max(1, missed.size()),
              "a watch fell silent after index %d; %d events through %d were read from history"
                  .formatted(from - 1, missed.size(), fresh.headerIndex())));
    }
  }

  private void feedFrom(WatchLink link) {
    long now = clock.now();
    witness = new Witness(link, now);
    proven(now);
    schedule(now, pace.next());
  }

  /** The new watch feeds the stream now; what it said while it was on trial counts. */
  private void takeHeld(HandOverAttempt current) throws IOException, LostEventsException {
    attempt = null;
    for (WatchSignal.Line line : current.held()) {
      feeding().line(line.event().node().modifiedIndex(), clock.now());
      accept(line);
    }
  }

  private void accept(WatchSignal.Line line) throws IOException, LostEventsException {
    accept(line.event(), line.cost());
  }

  private void accept(V2Event event, int cost) throws IOException, LostEventsException {
    headSeen(event.node().modifiedIndex());
    delivery.accept(event, cost);
  }

  private void dropAttempt() {
    if (attempt != null) {
      attempt.link().close();
      attempt.held().forEach(line -> credit.giveBack(line.cost()));
      attempt = null;
    }
  }

  /** The watch that feeds the stream. */
  Witness feeding() {
    return requireNonNull(witness, "begin comes first");
  }

  private void headSeen(long index) {
    pace.seen(index, System.nanoTime());
    delivery.headSeen(index);
  }
}
