package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.read.LeaseTimes;
import org.etcdmirror.v3.internal.read.LeaseTimes.Ending;
import org.etcdmirror.v3.internal.read.RangePages;
import org.etcdmirror.v3.internal.read.V3Puts;
import org.etcdmirror.v3.rpc.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * Tracks which keys of a stream are on which lease, and whether a client keeps those leases alive,
 * which no watch reports: each lease is asked for again in a third of its time, and its keys are
 * due for a refresh then, also if no client has kept it alive since: a refresh that was told before
 * may not have reached the sink, as a comparison leaves out what is older than what it read. Near
 * its end, a lease that nothing has kept alive is left alone, as its keys are about to go.
 *
 * <p>Holds each key that is on a lease, at most twice: a lease that is due again before all its
 * keys are refreshed waits for another turn. Used by the polling thread, which waits only for what
 * a put must say.
 */
public final class LeaseWatch {

  private static final Duration TOLERANCE = Duration.ofMillis(1500);
  private static final long RETRY = Duration.ofSeconds(1).toNanos();
  private static final int MOST_ASKED = 64;
  private static final int MOST_REFRESHES = 1000;
  private static final int FEW = 1000;

  /** A lease with keys on it. */
  private static final class Held {
    final long id;
    final Set<Bytes> keys = new HashSet<>();

    /** The last expiry that the stream reported, in a put or a refresh; null before that. */
    @Nullable Expiry told;

    /** The last expiry that the source reported; null before that. */
    @Nullable Ending ending;

    /** Changes only while this is in no queue of looks. */
    long lookAt;

    /**
     * Keys that are still to be refreshed; this is in the queue of refreshes as long as any are.
     */
    final ArrayDeque<Bytes> untold = new ArrayDeque<>();

    /** Whether all are to be refreshed once more after these. */
    boolean again;

    Held(long id, @Nullable Ending said) {
      this.id = id;
      this.ending = said;
      this.told = said == null ? null : said.expiresAt();
      this.lookAt = said == null ? System.nanoTime() : said.nanos() + said.freshNanos();
    }
  }

  private record Answer(Held held, @Nullable Ending ending) {}

  private final LeaseTimes times;
  private final Runnable wake;
  private final Map<Long, Held> leases = new HashMap<>();
  private final Map<Bytes, Long> leaseOf = new HashMap<>();
  private final PriorityQueue<Held> looks =
      new PriorityQueue<>((one, other) -> Long.compare(one.lookAt - other.lookAt, 0));
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Held> refreshes = new ArrayDeque<>();
  private int asked;

  /**
   * Watches nothing yet.
   *
   * @param wake called by any thread when {@link #tick} has something to do
   */
  public LeaseWatch(LeaseTimes times, Runnable wake) {
    this.times = times;
    this.wake = wake;
  }

  /** Finds the keys that are on a lease at a revision already. */
  void seed(V3Client client, List<KeyRange> ranges, long revision)
      throws IOException, InterruptedException {
    if (revision == 0) {
      return;
    }
    try (RangePages pages = new RangePages(client, ranges, revision, true)) {
      for (List<KeyValue> page = pages.next(); page != null; page = pages.next()) {
        for (KeyValue kv : page) {
          if (kv.getLease() != 0 && !V3Puts.isOwn(kv)) {
            hold(V3Puts.key(kv), kv.getLease(), null);
          }
        }
      }
    }
  }

  /**
   * The endings of all leases that these keys, which are about to be delivered, are on.
   *
   * @throws IOException if one of them can't be told now
   */
  Map<Long, Ending> endings(List<KeyValue> kvs) throws IOException, InterruptedException {
    return times.of(kvs);
  }

  /** An event that is about to be delivered; the ending is null if its key is on no lease then. */
  public void see(Bytes key, @Nullable Ending ending) {
    if (ending == null) {
      release(key);
      return;
    }
    hold(key, ending.lease().id(), ending);
  }

  private void hold(Bytes key, long id, @Nullable Ending told) {
    Long before = leaseOf.get(key);
    if (before != null && before != id) {
      release(key);
    }
    leaseOf.put(key, id);
    Held held = leases.get(id);
    if (held == null) {
      held = new Held(id, told);
      leases.put(id, held);
      looks.add(held);
      forgetReleased();
    }
    held.keys.add(key);
  }

  private void release(Bytes key) {
    Long id = leaseOf.remove(key);
    Held held = id == null ? null : leases.get(id);
    if (held != null) {
      held.keys.remove(key);
      if (held.keys.isEmpty()) {
        leases.remove(held.id);
        times.forget(held.id);
      }
    }
  }

  /** The time until {@link #tick} has something to ask. */
  public long nanosUntilDue() {
    Held first = looks.peek();
    return first == null || asked >= MOST_ASKED
        ? Long.MAX_VALUE
        : Math.max(0, first.lookAt - System.nanoTime());
  }

  /** Takes in what was answered, and asks what is due. */
  public void tick() {
    for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
      asked--;
      Held held = answer.held();
      if (leases.get(held.id) == held) {
        take(held, answer.ending());
      }
    }
    while (nanosUntilDue() == 0) {
      Held held = looks.remove();
      // One without keys was left in the queue, and so was one whose number came back since.
      if (leases.get(held.id) == held) {
        ask(held);
      }
    }
  }

  private void ask(Held held) {
    asked++;
    CompletableFuture<Ending> unused =
        times
            .ask(held.id)
            .whenComplete((ending, failure) -> {
              answers.add(new Answer(held, ending));
              wake.run();
            });
  }

  private void take(Held held, @Nullable Ending ending) {
    long now = System.nanoTime();
    if (ending == null) {
      // A source that is away shows in its watch.
      held.lookAt = now + RETRY;
    } else {
      times.note(ending);
      held.ending = ending;
      held.lookAt = now + ending.freshNanos();
      // The deletes of one that is gone are on their way.
      if (!ending.gone() && (isProlonged(held.told, ending) || isLasting(ending))) {
        held.told = ending.expiresAt();
        refresh(held);
      }
    }
    looks.add(held);
  }

  private static boolean isProlonged(@Nullable Expiry told, Ending ending) {
    return told == null || ending.expiresAt().since(told).compareTo(TOLERANCE) > 0;
  }

  /** Whether it lives until the next look. */
  private static boolean isLasting(Ending ending) {
    return ending.expiresAt().left().toNanos() > ending.freshNanos();
  }

  /** The keys of a lease, which are returned again after each look. */
  private void refresh(Held held) {
    if (held.untold.isEmpty()) {
      held.untold.addAll(held.keys);
      refreshes.add(held);
    } else {
      held.again = true;
    }
  }

  public boolean hasRefreshes() {
    return !refreshes.isEmpty();
  }

  /** Some of the refreshes that are due, for a stream that is complete through an index. */
  public List<Refresh> refreshes(long index) {
    List<Refresh> due = new ArrayList<>();
    for (Held held = refreshes.peek(); held != null; held = refreshes.peek()) {
      while (!held.untold.isEmpty()) {
        if (due.size() == MOST_REFRESHES) {
          return due;
        }
        Bytes key = held.untold.remove();
        Ending ending = held.ending;
        // An event may have told something newer since.
        if (held.keys.contains(key) && ending != null && !ending.gone()) {
          due.add(new Refresh(key, index, ending.expiresAt(), ending.lease()));
        }
      }
      refreshes.remove();
      if (held.again) {
        held.again = false;
        refresh(held);
      }
    }
    return due;
  }

  /** Leases that came and went are left in the queue until their turn, which may be far away. */
  private void forgetReleased() {
    if (looks.size() > 2 * leases.size() + FEW) {
      looks.removeIf(held -> leases.get(held.id) != held);
    }
  }
}
