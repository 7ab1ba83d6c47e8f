package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.internal.NoProgressLimit;
import org.etcdmirror.v3.internal.client.AnswerCheck;
import org.etcdmirror.v3.internal.client.Revisions;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.read.V3Puts;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.jspecify.annotations.Nullable;

/**
 * Whether the answers of one watch can be those of an etcd, and bring anything. For the thread that
 * takes them.
 */
final class WatchAnswerCheck {

  /** A server that was held up may send what was due before, at once. */
  private static final int MOST_WITHOUT_PROGRESS = 50;

  private static final Duration QUICK = Duration.ofMillis(200);

  private final KeyRange range;
  private final boolean inPieces;
  private final NoProgressLimit answers = new NoProgressLimit(MOST_WITHOUT_PROGRESS, QUICK);
  private boolean inAnswer;
  private boolean created;

  /** The revision of the last event of an answer that comes in pieces. */
  private long last;

  /** The newest revision that an answer told. */
  private long told;

  /**
   * The check of one watch.
   *
   * @param inPieces whether the server was allowed to cut an answer into pieces
   */
  WatchAnswerCheck(KeyRange range, boolean inPieces) {
    this.range = range;
    this.inPieces = inPieces;
  }

  /** Whether some pieces of an answer have come, and others are still to come. */
  boolean inAnswer() {
    return inAnswer;
  }

  /** The flaw of the next answer; null if it is valid. */
  @Nullable String flaw(WatchResponse answer) {
    long revision = answer.getHeader().getRevision();
    // A proxy of etcd's makes up the answer that a watch is created.
    if (revision < 0 || (revision > 0 && !Revisions.isPossible(revision))) {
      return "its header revision is " + revision + ", which is impossible";
    }
    if (answer.getEventsCount() > 0 && revision == 0) {
      return "its header revision is 0 in an answer with events";
    }
    if (answer.getCompactRevision() < 0
        || (answer.getCompactRevision() > 0
            && !Revisions.isPossible(answer.getCompactRevision()))) {
      return "its compacted revision is impossible: " + answer.getCompactRevision();
    }
    if (answer.getFragment() && !inPieces) {
      return "it sent a piece of an answer, but whole answers were requested";
    }
    if (answer.getCreated() && created) {
      return "it created the watch twice";
    }
    created |= answer.getCreated();
    return flawOfEvents(answer, revision);
  }

  private @Nullable String flawOfEvents(WatchResponse answer, long revision) {
    long before = inAnswer ? last : 0;
    for (Event event : answer.getEventsList()) {
      long now = event.getKv().getModRevision();
      if (!range.contains(event.getKv().getKey())
          && !(range.end().isEmpty() && event.getKv().getKey().equals(range.from()))) {
        return "it returned an event that was not requested: '%s' at revision %d"
            .formatted(V3Puts.key(event.getKv()), now);
      }
      if (now < before) {
        return "it returned the event on '%s' at revision %d after revision %d"
            .formatted(V3Puts.key(event.getKv()), now, before);
      }
      String flaw = AnswerCheck.flaw(event.getKv(), revision);
      if (flaw != null) {
        return flaw;
      }
      before = now;
    }
    last = before;
    inAnswer = answer.getFragment();
    return null;
  }

  /**
   * Takes note of an answer without a flaw.
   *
   * @throws IOException if too many came that brought nothing, one quickly after the other
   */
  void came(String watch, WatchResponse answer) throws IOException {
    long revision = answer.getHeader().getRevision();
    if (answer.getEventsCount() > 0 || answer.getCanceled() || revision > told) {
      answers.brought();
    } else {
      answers.again(watch + " at revision " + told, null);
    }
    told = Math.max(told, revision);
  }
}
