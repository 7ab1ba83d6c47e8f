package org.etcdmirror.v3.internal.watch;

import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.WatchResponse;

/**
 * How large and how dense the history is that a watch was sent: measured in the last answer with as
 * many revisions as a server sends at once. For one thread.
 */
final class HistoryPace {

  /** What an event takes in memory besides its bytes. */
  private static final int EVENT_BYTES = 200;

  private final int round;

  private long cluster;
  private long head;
  private long first;
  private long last;
  private int revisions;
  private long events;
  private long wireBytes;

  private int fullAnswers;
  private long fullSpan;
  private long fullWireBytes;
  private long fullBytes;

  /**
   * Nothing was sent yet.
   *
   * @param round the revisions of a full answer
   */
  HistoryPace(int round) {
    this.round = round;
  }

  /** An answer, or a piece of one. */
  void took(WatchResponse answer) {
    cluster = answer.getHeader().getClusterId();
    head = Math.max(head, answer.getHeader().getRevision());
    for (Event event : answer.getEventsList()) {
      see(event.getKv().getModRevision());
    }
    events += answer.getEventsCount();
    wireBytes += answer.getSerializedSize();
    if (!answer.getFragment()) {
      end();
    }
  }

  private void see(long revision) {
    if (revisions == 0) {
      first = revision;
    }
    if (revisions == 0 || revision > last) {
      revisions++;
    }
    last = revision;
  }

  private void end() {
    if (revisions >= round) {
      fullAnswers++;
      fullSpan = Math.max(1, (last - first + 1) * round / revisions);
      fullWireBytes = wireBytes;
      fullBytes = bytes(wireBytes, events);
    }
    revisions = 0;
    events = 0;
    wireBytes = 0;
  }

  /** The memory that so many events of so many bytes take. */
  static long bytes(long wireBytes, long events) {
    return wireBytes + events * EVENT_BYTES;
  }

  /** The cluster that answered; 0 if it is not known. */
  long cluster() {
    return cluster;
  }

  /** The newest revision of the cluster that was told. */
  long head() {
    return head;
  }

  /** How many full answers there were. All else is known only if there was one. */
  int fullAnswers() {
    return fullAnswers;
  }

  /** From its first to its last, how many revisions of the store a full answer covers. */
  long span() {
    return fullSpan;
  }

  /** The size of a full answer when it is sent. */
  long wireBytes() {
    return fullWireBytes;
  }

  /** The memory that the events of a full answer take. */
  long bytes() {
    return fullBytes;
  }
}
