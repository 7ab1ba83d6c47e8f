package org.etcdmirror.v2.internal.watch;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.internal.NoProgressLimit;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.jspecify.annotations.Nullable;

/**
 * Follows a tree across watches, so that neither a quiet tree in a busy store nor a burst falls off
 * the store's 1000 events (etcd 2.0 to 3.5). One thread runs it; it alone knows the confirmed
 * index: every event of the tree through it is in the outbox.
 *
 * <p>One watch feeds the stream. Again and again history behind the confirmed index is asked, and
 * what it says proves the watch alive or dead, see {@link HandOverAttempt}. A watch that died, or
 * that lost events, is mended in an order that loses nothing: first a new watch from "now", then
 * the hole from history; what history no longer has is a gap. Where the silence of a server can't
 * be proven, the new watch begins behind the confirmed index, and only events move that, those of
 * other trees too.
 */
public final class WatchFollower {

  private static final Duration TICK = Duration.ofMillis(10);
  private static final Duration IDLE_TICK = Duration.ofMillis(250);

  /** A proxy that restarts, or an endpoint that fails, may end a few watches at once. */
  private static final int MOST_WITHOUT_PROGRESS = 5;

  private static final Duration QUICK = Duration.ofSeconds(1);

  private final WatchOpener opener;
  private final BlockingQueue<WatchSignal> mailbox;
  private final Credit credit;
  private final Outbox outbox;
  private final Delivery delivery;
  private final HistoryReader history;
  private final FeedProof proof;
  private final NoProgressLimit mends = new NoProgressLimit(MOST_WITHOUT_PROGRESS, QUICK);
  private final PatientClock clock = new PatientClock();

  private @Nullable Witness witness;

  /** A hole was mended as far as there was room, and no watch feeds the stream. */
  private boolean waitsForRoom;

  private final AtomicBoolean owned = new AtomicBoolean();
  private volatile boolean closed;

  public WatchFollower(
      WatchOpener opener, Credit credit, Outbox outbox, Delivery delivery, HistoryReader history) {
    this.opener = opener;
    this.mailbox = opener.mailbox();
    this.credit = credit;
    this.outbox = outbox;
    this.delivery = delivery;
    this.history = history;
    this.proof = new FeedProof(opener, credit, outbox, delivery, mends);
  }

  /** Opens the first watch; when this returns, nothing after the start can be missed. */
  public void begin(Start start) throws IOException, LostEventsException, InterruptedException {
    if (start instanceof Start.After after) {
      delivery.begin(after.index());
      mend(false, null);
    } else {
      WatchLink fresh = opener.fromNow(0);
      delivery.begin(fresh.headerIndex());
      feedFrom(fresh);
    }
  }

  /** Follows until it is closed or fails; the outbox is told of the end, whatever it is. */
  public void run() {
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
      // An Error too: the poller would wait without end.
      Throwable end = e;
      try {
        end = orLostEvents(e);
      } finally {
        outbox.end(end);
      }
    } finally {
      closeLinks();
      credit.close();
    }
  }

  /**
   * Why the stream ends: that events were lost, if what has come and was not looked at shows it.
   * Otherwise the stream would be opened again behind an index that is wrong.
   */
  private Throwable orLostEvents(Throwable end) {
    try {
      for (WatchSignal left = mailbox.poll(); left != null; left = mailbox.poll()) {
        opener.forget(left);
      }
    } catch (LostEventsException lost) {
      lost.addSuppressed(end);
      return lost;
    } catch (IOException unreadable) {
      end.addSuppressed(unreadable);
    }
    return end;
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
    proof.drop();
  }

  /** The hand-over under way, if there is one. */
  @Nullable HandOverAttempt attempt() {
    return proof.attempt();
  }

  /** Takes in what has come, or waits a little for it, and judges what that means. */
  void step() throws IOException, LostEventsException, InterruptedException {
    if (waitsForRoom) {
      goOnMending();
      return;
    }
    Duration pause = pause();
    WatchSignal signal = mailbox.poll(pause.toNanos(), NANOSECONDS);
    clock.advance(pause);
    for (int i = 0; signal != null && i < 1000; i++) {
      on(signal);
      signal = i < 999 ? mailbox.poll() : null;
    }
    // Only when everything that came has been seen can silence mean anything.
    feeding().look(clock.now());
    if (mailbox.isEmpty()) {
      delivery.tick();
      switch (proof.judge(feeding(), clock.now())) {
        case NONE -> {}
        case TAKE_OVER -> takeOver(proof.handOut());
        case MEND -> mend(true, null);
      }
    }
  }

  /** The rest of the hole is read when what was read is on its way to the sink. */
  private void goOnMending() throws IOException, LostEventsException, InterruptedException {
    WatchSignal late = mailbox.poll(TICK.toNanos(), NANOSECONDS);
    clock.advance(TICK);
    for (int i = 0; late != null && i < 1000; i++) {
      opener.forget(late);
      late = i < 999 ? mailbox.poll() : null;
    }
    delivery.tick();
    if (credit.hasRoom()) {
      waitsForRoom = false;
      mend(false, null);
    }
  }

  /** The time until the next judgement, if no signal comes. */
  private Duration pause() {
    if (proof.attempt() != null || feeding().mayHaveOverflowed()) {
      return TICK;
    }
    Duration left = Duration.ofNanos(Math.max(0, proof.nextNanos() - clock.now()));
    return left.compareTo(IDLE_TICK) < 0 ? left : IDLE_TICK;
  }

  private void on(WatchSignal signal)
      throws IOException, LostEventsException, InterruptedException {
    if (signal instanceof WatchSignal.OfWatch said && said.link() == feeding().link()) {
      onFeeding(said);
    } else if (proof.awaits(signal)) {
      proof.on(signal, feeding(), clock.now());
    } else {
      opener.forget(signal);
    }
  }

  private void onFeeding(WatchSignal.OfWatch signal)
      throws IOException, LostEventsException, InterruptedException {
    HandOverAttempt attempt = proof.attempt();
    boolean draining = attempt != null && attempt.isDraining();
    if (signal instanceof WatchSignal.Line line) {
      onFeedingLine(line);
    } else if (signal instanceof WatchSignal.Drained drained) {
      opener.halfCloses().answered(drained.link().endpoint());
      if (attempt != null && draining) {
        attempt.drained(clock.now());
      } else {
        mend(false, null);
      }
    } else if (signal instanceof WatchSignal.Ended ended) {
      if (draining) {
        opener.halfCloses().unanswered(ended.link().endpoint());
      }
      mend(false, opener.failed(ended));
    }
  }

  private void onFeedingLine(WatchSignal.Line line)
      throws IOException, LostEventsException, InterruptedException {
    long index = line.event().node().modifiedIndex();
    if (opener.mayHaveSkipped(feeding(), index)) {
      credit.giveBack(line.cost());
      mend(true, null);
      return;
    }
    take(line);
    if (feeding().link().isFromHistory(line.event())) {
      mend(false, null);
    }
  }

  /** The new watch feeds the stream now; what it said while it was on trial counts. */
  private void takeOver(HandOverAttempt attempt) throws IOException, LostEventsException {
    feeding().link().close();
    WatchLink fresh = requireNonNull(attempt.link());
    opener.worked(fresh);
    feedFrom(fresh);
    delivery.confirm(attempt.provenIndex(), attempt.askedNanos());
    for (WatchSignal.Line line : attempt.held()) {
      take(line);
    }
  }

  /** First a new watch, then the hole behind the confirmed index. */
  private void mend(boolean lossSeen, @Nullable IOException why)
      throws IOException, LostEventsException, InterruptedException {
    if (witness != null) {
      mends.again(feeding().link().toString(), why);
    }
    closeLinks();
    long from = delivery.confirmed() + 1;
    if (!opener.answersHalfClose()) {
      feedFrom(opener.after(from - 1));
      return;
    }
    long asked = System.nanoTime();
    WatchLink fresh = opener.fromNow(from - 1);
    feedFrom(fresh);
    Hole hole = new Hole();
    boolean proven = history.read(fresh.endpoint(), from, fresh.headerIndex(), hole);
    if (proven) {
      delivery.confirm(fresh.headerIndex(), asked);
    } else if (hole.isFull) {
      fresh.close();
      waitsForRoom = true;
    } else {
      fresh.close();
      feedFrom(opener.after(delivery.confirmed()));
    }
    if (lossSeen) {
      outbox.notice(
          new SourceNotice(
              SourceNotice.Kind.STREAM_REPAIRED,
              Math.max(1, hole.missed),
              "watch was silent after index %d; read %d events through index %d from history"
                  .formatted(from - 1, hole.missed, delivery.confirmed())));
    }
  }

  /** Takes what a watch has missed, until there is no room for more. */
  private final class Hole implements HistoryReader.Taker {

    private int missed;
    private boolean isFull;

    @Override
    public void take(V2Event event) throws IOException, LostEventsException {
      String value = event.node().value();
      int cost = credit.tryTake(value == null ? 0 : value.length());
      // One event is taken in any case, so that each round gets on.
      isFull = cost < 0;
      missed++;
      accept(event, Math.max(0, cost));
    }

    @Override
    public boolean goesOn() {
      return !isFull;
    }
  }

  private void feedFrom(WatchLink link) {
    long now = clock.now();
    witness = new Witness(link, now);
    proof.headSeen(link.headerIndex());
    proof.fedBy(link, now);
  }

  private void take(WatchSignal.Line line) throws IOException, LostEventsException {
    feeding().line(line.event().node().modifiedIndex(), clock.now());
    accept(line.event(), line.cost());
  }

  private void accept(V2Event event, int cost) throws IOException, LostEventsException {
    proof.headSeen(event.node().modifiedIndex());
    long before = delivery.confirmed();
    delivery.accept(event, cost);
    if (delivery.confirmed() > before) {
      mends.brought();
    }
  }

  /** The watch that feeds the stream. */
  Witness feeding() {
    return requireNonNull(witness, "call begin first");
  }
}
