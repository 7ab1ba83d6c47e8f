package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.Event;
import org.jspecify.annotations.Nullable;

/**
 * A stream that reads a long history by several watches, because etcd sends one watch at most a
 * thousand revisions in a tenth of a second. One watch begins and shows how large the history is,
 * sets of stripes read it, and one watch follows. Where a set is given up, one watch reads on from
 * where events were handed on. So it does, in pieces, where a whole answer is too large.
 */
public final class CatchUpStream implements EventStream {

  private static final int MOST_ANSWERS_BEFORE = 1 << 10;

  private final V3Client client;
  private final Selection selection;
  private final StripeLimits limits;

  /** What leases say is kept by one watch. */
  private final boolean isStriped;

  private final EventTranslation translation;
  private final long startIndex;

  /** Null while a set of stripes reads. */
  private volatile @Nullable V3EventStream watch;

  /** Null while one watch reads. */
  private volatile @Nullable StripeSet stripes;

  /** Null while one watch reads. */
  private volatile @Nullable Continuity continuity;

  /** What is to be handed on of the newest stripe. */
  private Queue<Event> events = new ArrayDeque<>();

  private long stripeEnd;

  /** What the watch has shown of the history. */
  private HistoryPace pace;

  private long index;
  private long headIndex;

  /** When one watch was answered last: stripes do not show where the source is now. */
  private long seenNanos;

  /** So many full answers of one watch come before the next set. */
  private int answersBefore = 1;

  private int stripesRead;
  private volatile boolean closed;

  private CatchUpStream(
      V3Client client, Selection selection, StripeLimits limits, V3EventStream first) {
    this.client = client;
    this.selection = selection;
    this.limits = limits;
    this.isStriped = limits.isStriped() && !selection.expiries();
    this.translation = new EventTranslation(selection, null);
    this.watch = first;
    this.startIndex = first.startIndex();
    this.seenNanos = first.seenNanos();
    this.index = startIndex;
    this.pace = new HistoryPace(limits.revisions());
    first.measure(pace);
  }

  /** A stream that begins with one watch. */
  public static EventStream open(
      V3Client client, Selection selection, Start start, StripeLimits limits)
      throws IOException, LostEventsException, InterruptedException {
    return new CatchUpStream(
        client, selection, limits, WatchOpening.open(client, selection, start));
  }

  @Override
  public long startIndex() {
    return startIndex;
  }

  @Override
  public EventBatch poll(Duration timeout)
      throws IOException, LostEventsException, InterruptedException {
    StripeSet set = stripes;
    if (set != null && set.isDone() && events.isEmpty()) {
      set = goOn(set);
    }
    EventBatch batch = set == null ? follow(timeout) : read(set, timeout);
    index = batch.index();
    headIndex = batch.headIndex();
    seenNanos = batch.seenNanos();
    return batch;
  }

  /** One watch reads, until it shows that there is much to read. */
  private EventBatch follow(Duration timeout)
      throws IOException, LostEventsException, InterruptedException {
    V3EventStream follower = watch;
    if (follower == null) {
      follower = WatchOpening.open(client, selection, Start.after(index));
      begin(follower);
      endContinuity();
    }
    EventBatch batch;
    try {
      batch = follower.poll(timeout);
    } catch (LargeAnswerException e) {
      // At once: until the next poll, which may come late, the cluster could be put back unnoticed.
      follower.close();
      watch = null;
      return follow(timeout);
    }
    if (isStriped && follower.isDrained() && pace.fullAnswers() >= answersBefore) {
      StripeSet set = open(pace, batch.index());
      if (set != null) {
        takeOver(follower, set);
      }
    }
    return batch;
  }

  /** The watch ends when something else shows that the server goes on. */
  private void takeOver(V3EventStream follower, StripeSet set)
      throws IOException, InterruptedException {
    Continuity idle = new Continuity(client, KeyRange.covering(selection.prefixes()));
    continuity = idle;
    boolean isIdle = idle.hasBegun();
    if (closed) {
      idle.close();
      throw closed();
    }
    if (isIdle && !follower.isOver()) {
      watch = null;
      follower.close();
    } else {
      giveUp(set);
      idle.close();
      continuity = null;
    }
  }

  /** The new watch shows from now on that the server goes on. */
  private void endContinuity() throws IOException, InterruptedException {
    Continuity idle = continuity;
    if (idle != null) {
      checkContinuity();
      idle.close();
      continuity = null;
    }
  }

  private void begin(V3EventStream follower) throws IOException {
    pace = new HistoryPace(limits.revisions());
    follower.measure(pace);
    watch = follower;
    if (closed) {
      follower.close();
      throw closed();
    }
  }

  private @Nullable StripeSet open(HistoryPace known, long after) throws IOException {
    StripeSet set =
        StripeSet.open(client, KeyRange.covering(selection.prefixes()), limits, known, after);
    stripes = set;
    stripeEnd = after;
    if (closed && set != null) {
      set.close();
      throw closed();
    }
    return set;
  }

  private EventBatch read(StripeSet set, Duration timeout)
      throws IOException, LostEventsException, InterruptedException {
    try {
      if (events.isEmpty() && stripeEnd == index) {
        Stripe next = set.take(timeout.toNanos());
        if (next == null) {
          return batch(List.of(), index);
        }
        checkContinuity();
        events = next.events();
        stripeEnd = next.last();
        stripesRead++;
      }
      return nextOfStripe();
    } catch (StripeSet.GivenUpException e) {
      if (closed) {
        throw closed();
      }
      giveUp(set);
      return follow(timeout);
    }
  }

  private void checkContinuity() throws IOException, InterruptedException {
    Continuity idle = continuity;
    if (idle != null) {
      idle.check();
    }
  }

  private EventBatch nextOfStripe() throws IOException, InterruptedException {
    List<Event> taken = BatchCut.from(events);
    long through =
        events.isEmpty() ? stripeEnd : taken.get(taken.size() - 1).getKv().getModRevision();
    return batch(translation.of(taken), through);
  }

  private EventBatch batch(List<MirrorEvent> some, long through) {
    return new EventBatch(some, through, headIndex, List.of(), seenNanos);
  }

  /** The next set, or one watch, after a set that is read. */
  private @Nullable StripeSet goOn(StripeSet done) throws IOException {
    done.close();
    answersBefore = 1;
    headIndex = Math.max(headIndex, done.pace().head());
    return open(done.pace(), index);
  }

  /** Each failure doubles what one watch reads before the next attempt. */
  private void giveUp(StripeSet failed) {
    failed.close();
    stripes = null;
    answersBefore = Math.min(MOST_ANSWERS_BEFORE, 2 * answersBefore);
  }

  /** How many stripes were handed on; for tests. */
  int stripesRead() {
    return stripesRead;
  }

  private static IOException closed() {
    return new IOException("the stream is closed");
  }

  @Override
  public void close() {
    closed = true;
    V3EventStream follower = watch;
    if (follower != null) {
      follower.close();
    }
    StripeSet set = stripes;
    if (set != null) {
      set.close();
    }
    Continuity idle = continuity;
    if (idle != null) {
      idle.close();
    }
  }
}
