package org.etcdmirror.v3.internal.watch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.etcdmirror.v3.rpc.KeyValue;

/**
 * The newest events that a stream delivered, so that one that comes again is told from one that was
 * never there. Remembers 4,096. For one thread.
 */
final class DeliveredEvents {

  private static final int MOST = 4096;

  /** Two keys of one hash in one revision are taken for one. */
  private record Delivered(long revision, int key) {}

  private final Deque<Delivered> order = new ArrayDeque<>();
  private final Set<Delivered> all = new HashSet<>();

  /** Nothing is known of events at or below this revision. */
  private long floor;

  /**
   * Remembers nothing yet.
   *
   * @param start events at or below this revision are of the time before the stream
   */
  DeliveredEvents(long start) {
    floor = start;
  }

  /** This one was delivered; they come in the order of their revisions. */
  void add(KeyValue event) {
    Delivered one = new Delivered(event.getModRevision(), event.getKey().hashCode());
    if (all.add(one)) {
      order.addLast(one);
    }
    if (order.size() > MOST) {
      Delivered oldest = order.removeFirst();
      all.remove(oldest);
      floor = Math.max(floor, oldest.revision());
    }
  }

  /** Whether it is certain that this one was never delivered, though later ones were. */
  boolean lacks(KeyValue event) {
    return event.getModRevision() > floor
        && !all.contains(new Delivered(event.getModRevision(), event.getKey().hashCode()));
  }
}
