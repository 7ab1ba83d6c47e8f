package org.etcdmirror.v3.internal.watch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.v3.internal.read.V3Puts;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.WatchResponse;

/**
 * Puts together what a watch answers: whole revisions, each once. A server cuts an answer of up to
 * a thousand revisions into pieces. A revision is whole when a later one begins, or when the last
 * piece has come. So this holds one piece and what the pieces before it brought of the revision
 * that it begins with. For one thread.
 */
final class WholeRevisions {

  /** Names the watch in an error. */
  private final Supplier<String> watch;

  /** The events of whole revisions. */
  private final ArrayDeque<Event> ready = new ArrayDeque<>();

  /** The events of the newest revision, while more of it may come. */
  private final List<Event> open = new ArrayList<>();

  private boolean inAnswer;

  /** The newest revision of an event, or the start. */
  private long lastEvent;

  /** The newest revision that the watch reported; a proof of silence may show a newer index. */
  private long told;

  /** Through here the range itself was read, so that what comes from there is no news. */
  private long proven;

  private final DeliveredEvents delivered;

  /** Nothing has been answered that is above the start. */
  WholeRevisions(Supplier<String> watch, long start) {
    this.watch = watch;
    this.lastEvent = start;
    this.told = start;
    this.proven = start;
    this.delivered = new DeliveredEvents(start);
  }

  /** Whether some pieces of an answer have come, and others are still to come. */
  boolean inAnswer() {
    return inAnswer;
  }

  /** The newest revision that the watch reported. */
  long told() {
    return told;
  }

  /**
   * Takes in an answer, or a piece of one.
   *
   * @param index through which everything was handed on; what comes again is left out
   * @return through which revision the watch is complete by its own word, without any event; or the
   *     index
   * @throws IndexDisprovedException if an event comes that should have come long ago
   */
  long take(WatchResponse answer, long index) throws IndexDisprovedException {
    if (index > Math.max(told, lastEvent)) {
      proven = Math.max(proven, index);
    }
    boolean progress = !inAnswer && answer.getEventsCount() == 0;
    for (Event event : answer.getEventsList()) {
      take(event, index);
    }
    inAnswer = answer.getFragment();
    if (!inAnswer) {
      close();
    }
    if (progress) {
      told = Math.max(told, answer.getHeader().getRevision());
    }
    return progress ? Math.max(index, told) : index;
  }

  /** Servers repeat events, also after newer ones; what never came before is another matter. */
  private void take(Event event, long index) throws IndexDisprovedException {
    long revision = event.getKv().getModRevision();
    boolean more = !open.isEmpty() && revision == lastEvent;
    if (more || revision > Math.max(index, lastEvent)) {
      if (!more) {
        close();
      }
      open.add(event);
      delivered.add(event.getKv());
      lastEvent = revision;
      told = Math.max(told, revision);
    } else if (revision > lastEvent
        ? revision <= told
        : revision > proven && delivered.lacks(event.getKv())) {
      throw new IndexDisprovedException(
          revision,
          index,
          told,
          "%s reported that it was complete through %d, but delivered the event on '%s' after that"
              .formatted(watch.get(), Math.max(told, lastEvent), V3Puts.key(event.getKv())));
    }
  }

  private void close() {
    ready.addAll(open);
    open.clear();
  }

  /** The events of whole revisions; who takes some off has handed them on. */
  Queue<Event> ready() {
    return ready;
  }
}
