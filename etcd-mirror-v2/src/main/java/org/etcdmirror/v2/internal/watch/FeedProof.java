package org.etcdmirror.v2.internal.watch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import okhttp3.HttpUrl;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.internal.NoProgressLimit;
import org.etcdmirror.v2.internal.connection.HalfCloseAnswers;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.jspecify.annotations.Nullable;

/**
 * Proves again and again that the watch that feeds the stream has delivered everything, and so
 * moves the confirmed index of a quiet tree. Used by the follower's thread alone.
 */
final class FeedProof {

  /**
   * So far ahead of a store's index no event matches. So the answer shows what the server does on a
   * half-close, however fast other clients write.
   */
  private static final long UNREACHED = 1_000_000_000_000L;

  private static final Duration SILENCE_AFTER_BURST = Duration.ofMillis(50);

  /** The next action of the owner. */
  enum Action {
    NONE,
    /** The attempt's new watch feeds the stream from now on, see {@link #attempt}. */
    TAKE_OVER,
    /** The watch lost events, or may have. */
    MEND
  }

  private final WatchOpener opener;
  private final Credit credit;
  private final Outbox outbox;
  private final Delivery delivery;
  private final NoProgressLimit mends;
  private final ProofSchedule schedule = new ProofSchedule();

  private @Nullable HandOverAttempt attempt;
  private @Nullable HistoryProbe probe;
  private int linesJudged;

  /**
   * Proves nothing yet.
   *
   * @param mends told when the watch that feeds the stream has proven itself
   */
  FeedProof(
      WatchOpener opener, Credit credit, Outbox outbox, Delivery delivery, NoProgressLimit mends) {
    this.mends = mends;
    this.opener = opener;
    this.credit = credit;
    this.outbox = outbox;
    this.delivery = delivery;
  }

  @Nullable HandOverAttempt attempt() {
    return attempt;
  }

  /** The time of the next action, if no signal comes before. */
  long nextNanos() {
    return schedule.nextNanos();
  }

  /** The store has come to this index. */
  void headSeen(long index) {
    schedule.headSeen(index);
    delivery.headSeen(index);
  }

  /** Another watch feeds the stream from now on. */
  void fedBy(WatchLink link, long now) {
    drop();
    linesJudged = 0;
    boolean known = opener.halfCloses().of(link.endpoint()) != HalfCloseAnswers.Known.NOTHING;
    schedule.answered(opener.patience(link.endpoint()), now);
    if (!known) {
      // What the server does on a half-close had better be known before it is needed.
      schedule.atOnce(now);
    }
  }

  /** Ends the attempt under way, if there is one. */
  void drop() {
    if (probe != null) {
      probe.cancel();
      probe = null;
    }
    HandOverAttempt current = attempt;
    attempt = null;
    if (current != null) {
      WatchLink link = current.link();
      if (link != null) {
        link.close();
      }
      current.held().forEach(line -> credit.giveBack(line.cost()));
    }
  }

  /** Gives the attempt to the one who carries it out; what it holds is his. */
  HandOverAttempt handOut() {
    HandOverAttempt current = requireNonNull(attempt);
    attempt = null;
    drop();
    return current;
  }

  /** Whether a signal belongs to the attempt under way. */
  boolean awaits(WatchSignal signal) {
    if (signal instanceof WatchSignal.OfWatch said) {
      return attempt != null && said.link() == attempt.link();
    }
    return probe != null && probe.says(signal);
  }

  /** Takes in such a signal. */
  void on(WatchSignal signal, Witness feeding, long now) throws IOException, LostEventsException {
    HandOverAttempt current = requireNonNull(attempt);
    if (signal instanceof WatchSignal.Looked looked) {
      probe = null;
      onLooked(current, looked, feeding, now);
    } else if (signal instanceof WatchSignal.LookFailed failed) {
      probe = null;
      onLookFailed(current, failed, feeding, now);
    } else if (signal instanceof WatchSignal.Opened opened) {
      onOpened(current, opened.link(), feeding, now);
    } else if (signal instanceof WatchSignal.Line line) {
      current.live(line, now);
    } else if (signal instanceof WatchSignal.Ended ended) {
      current.broke(opener.failed(ended));
    }
  }

  private void onLooked(
      HandOverAttempt current, WatchSignal.Looked looked, Witness feeding, long now)
      throws IOException, LostEventsException {
    if (current.isTakeover()) {
      // Asked only to learn what the server does on a half-close, which is known now.
      opener.forget(looked);
      return;
    }
    HistoryLook.Match match = looked.match();
    headSeen(match.headerIndex());
    IOException strange = opener.matchFlaw(current.endpoint(), match, current.confirmed());
    if (strange != null) {
      current.broke(strange);
      return;
    }
    if (isOfFeeding(current.endpoint(), feeding)) {
      feeding.headSeen(match.headerIndex(), current.linesAtLastQuestion());
    }
    V2Event event = match.event();
    if (event != null && delivery.isOurs(event)) {
      current.foundInHistory(event, now);
    } else if (event != null) {
      // The first match after the confirmed index is none of ours, so nothing of ours is before it.
      delivery.confirm(event.node().modifiedIndex(), current.askedNanos());
      current.foundForeignEvent();
    } else if (match.proven()) {
      current.clean(match.headerIndex(), now);
    } else {
      current.unproven();
    }
  }

  private void onLookFailed(
      HandOverAttempt current, WatchSignal.LookFailed failed, Witness feeding, long now)
      throws IOException {
    if (opener.isDeniedAll(failed)) {
      current.unproven();
    } else if (!current.isTakeover()
        && failed.cause() instanceof V2ErrorException error
        && error.errorCode() == V2ErrorException.EVENT_INDEX_CLEARED) {
      headSeen(error.index());
      // On the old watch's server: what another has come to proves nothing about it.
      HttpUrl endpoint = feeding.link().endpoint();
      current.takeOver(opener.beginFromNowAt(endpoint), feeding.lines(), now);
    } else {
      current.broke(opener.failed(failed));
    }
  }

  private void onOpened(HandOverAttempt current, WatchLink link, Witness feeding, long now) {
    headSeen(link.headerIndex());
    IOException unfit = opener.linkFlaw(link, current.confirmed());
    if (unfit != null) {
      current.broke(unfit);
      return;
    }
    current.opened(opener.mayHaveSkipped(feeding, link.headerIndex()), now);
    feeding.headSeen(link.headerIndex(), current.linesAtLastQuestion());
  }

  private static boolean isOfFeeding(HttpUrl endpoint, Witness feeding) {
    return feeding.link().endpoint().equals(endpoint);
  }

  /** Judges what has come; only when all of it has been taken in. */
  Action judge(Witness feeding, long now) throws IOException, LostEventsException {
    HandOverAttempt current = attempt;
    if (current == null) {
      boolean burstEnded =
          feeding.mayHaveOverflowed()
              && feeding.lines() > linesJudged
              && feeding.silentFor(SILENCE_AFTER_BURST, now);
      if (schedule.isDue(now) || (burstEnded && schedule.isUntroubled())) {
        begin(feeding, now);
      }
      return Action.NONE;
    }
    Verdict verdict = current.verdict(feeding, now);
    // Otherwise something came while the verdict was being found, and may belie it.
    return opener.mailbox().isEmpty() ? act(verdict, current, feeding, now) : Action.NONE;
  }

  private Action act(Verdict verdict, HandOverAttempt current, Witness feeding, long now)
      throws IOException, LostEventsException {
    switch (verdict) {
      case WAIT -> {}
      case CONFIRM -> confirm(current, feeding, now);
      case KEEP -> {
        // It went on to newer ones, but may have skipped this one.
        delivery.refuseMissed(requireNonNull(current.found()));
        end(current, now);
      }
      case SUPERFLUOUS -> end(current, now);
      case AGAIN -> {
        drop();
        if (schedule.asksAgain(opener.patience(current.endpoint()), delivery.confirmed(), now)) {
          begin(feeding, now);
        }
      }
      case UNPROVEN -> unproven(current, now);
      case DRAIN -> drain(current, feeding, now);
      case PROMOTE -> {
        noteOutrun(current);
        return Action.TAKE_OVER;
      }
      case LOST -> {
        return Action.MEND;
      }
      case FAILED -> failed(current, feeding, now);
    }
    return Action.NONE;
  }

  private void begin(Witness feeding, long now) throws IOException {
    HttpUrl endpoint = opener.endpoint();
    HandOverAttempt next =
        new HandOverAttempt(
            endpoint, delivery.confirmed(), feeding.lines(), opener.times(endpoint), now);
    if (next.isDelivering(feeding, now)) {
      schedule.normally(now);
      return;
    }
    attempt = next;
    probe = opener.look(endpoint, delivery.confirmed() + 1);
  }

  private void confirm(HandOverAttempt current, Witness feeding, long now) {
    if (isOfFeeding(current.endpoint(), feeding)) {
      feeding.whole(current.linesAtLastQuestion());
    }
    noteOutrun(current);
    opener.worked(current.endpoint());
    delivery.confirm(current.provenIndex(), current.askedNanos());
    mends.brought();
    schedule.proven();
    end(current, now);
  }

  private void noteOutrun(HandOverAttempt current) {
    if (current.isTakeover()) {
      outbox.notice(
          new SourceNotice(
              SourceNotice.Kind.HISTORY_OUTRUN,
              1,
              "history after index %d was cleared while connected, but the watch delivered everything through index %d"
                  .formatted(current.confirmed(), current.provenIndex())));
    }
  }

  /** Half-closes the old watch, where that proves something. */
  private void drain(HandOverAttempt current, Witness feeding, long now) throws IOException {
    WatchLink link = feeding.link();
    switch (opener.halfCloses().of(link.endpoint())) {
      case ANSWERS -> {
        current.draining(feeding, now);
        link.endOutput();
      }
      case NOTHING -> {
        if (probe == null) {
          probe = opener.look(link.endpoint(), current.provenIndex() + UNREACHED);
        }
      }
      case DOES_NOT_ANSWER -> {
        // The old watch may still prove itself by a later event.
        if (current.passed(ProofSchedule.RARELY, now)) {
          unproven(current, now);
        }
      }
    }
  }

  private void unproven(HandOverAttempt current, long now) {
    end(current, now);
    HttpUrl endpoint = current.endpoint();
    boolean hopeless = opener.halfCloses().of(endpoint) == HalfCloseAnswers.Known.DOES_NOT_ANSWER;
    if (hopeless && opener.halfCloses().isFirstReport(endpoint)) {
      outbox.notice(HalfCloseAnswers.notice(endpoint));
    }
    schedule.unproven(now);
  }

  private void failed(HandOverAttempt current, Witness feeding, long now) throws IOException {
    IOException failure = requireNonNull(current.failure());
    drop();
    opener.failed(current);
    if (!schedule.failed(feeding.lastByteNanos(), now)) {
      throw failure;
    }
  }

  /** An attempt that came to an end is over; the next begins when it is due. */
  private void end(HandOverAttempt current, long now) {
    drop();
    linesJudged = current.linesAtLastQuestion();
    schedule.answered(opener.patience(current.endpoint()), now);
  }
}
