package org.etcdmirror.v2.internal.watch;

import java.time.Duration;

/** When the next proof is due, and for how long a stream may do without one. For one thread. */
final class ProofSchedule {

  /** How often is asked at most where silence can't be proven. */
  static final Duration RARELY = Duration.ofSeconds(30);

  /** A watch that says nothing while no question is answered is no longer trusted after this. */
  private static final Duration WITHOUT_ANSWER = Duration.ofSeconds(6);

  private static final Duration AGAIN = Duration.ofMillis(100);

  /** So many questions follow each other before the first pause. */
  private static final int MOST_AT_ONCE = 20;

  /** Further behind the head than this, questions follow each other without a pause. */
  private static final long NEAR = 200;

  private final HandOverPace pace = new HandOverPace();
  private long head;
  private long nextNanos;
  private long answeredNanos;
  private Duration trust = WITHOUT_ANSWER;
  private int failures;

  /** How many questions in a row were asked without a pause. */
  private int atOnce;

  private int unproven;

  /** The store has come to this index. */
  void headSeen(long index) {
    head = Math.max(head, index);
    pace.seen(index, System.nanoTime());
  }

  long nextNanos() {
    return nextNanos;
  }

  boolean isDue(long now) {
    return now - nextNanos >= 0;
  }

  /** Whether all went well lately, so that there is no need to wait with the next question. */
  boolean isUntroubled() {
    return failures == 0 && unproven == 0;
  }

  /**
   * History answered with an event of another tree, and the stream is confirmed up to that event.
   * Near the head the next question waits a little after a few, because such events may be all that
   * ever comes. Far behind it nothing waits, because history keeps 1000 events (etcd 2.0 to 3.5)
   * and clears the rest.
   *
   * @return whether the next question is sent now; otherwise it is due in a moment
   */
  boolean asksAgain(Duration patience, long confirmed, long now) {
    answered(patience, now);
    atOnce++;
    if (atOnce % MOST_AT_ONCE != 0 || head - confirmed > NEAR) {
      return true;
    }
    nextNanos = now + AGAIN.toNanos();
    return false;
  }

  void atOnce(long now) {
    nextNanos = now;
  }

  void normally(long now) {
    nextNanos = now + pace.next().toNanos();
  }

  /** A server answered, or delivers. */
  void answered(Duration patience, long now) {
    answeredNanos = now;
    failures = 0;
    Duration twice = patience.multipliedBy(2);
    trust = twice.compareTo(WITHOUT_ANSWER) > 0 ? twice : WITHOUT_ANSWER;
    normally(now);
  }

  void proven() {
    unproven = 0;
  }

  /** An answer proved nothing, and the next may not either: it is asked more and more rarely. */
  void unproven(long now) {
    unproven++;
    long pause = AGAIN.toNanos() << Math.min(unproven, 9);
    nextNanos = now + Math.min(pause, RARELY.toNanos());
  }

  /**
   * A question was not answered.
   *
   * @param lastByteNanos when something came over the watch itself
   * @return whether it is worth asking again; false if the watch can't be trusted any longer
   */
  boolean failed(long lastByteNanos, long now) {
    failures++;
    nextNanos = now + (AGAIN.toNanos() << Math.min(failures, 4));
    return now - Math.max(answeredNanos, lastByteNanos) < trust.toNanos();
  }
}
