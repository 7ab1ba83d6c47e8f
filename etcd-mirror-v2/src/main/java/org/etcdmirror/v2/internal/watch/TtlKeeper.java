package org.etcdmirror.v2.internal.watch;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.read.V2Tree;
import org.etcdmirror.v2.internal.watch.TtlReads.Reading;

/**
 * Keeps times to live true where they are copied: a {@code refresh=true} prolongs a key without
 * telling any watch (etcd 2.3 to 3.5). Keys with a time to live are read again when half of what
 * the stream told has passed, and what was prolonged is told as a {@link Refresh}.
 *
 * <p>What was read when the store was at an index that is confirmed is told at once, whether
 * anything else happens or not. Else it waits for the index to be confirmed, so that no snapshot
 * that was taken before the read is taken for newer. If that takes long it is told twice: at once
 * for the copy that is about to go, and in its place.
 *
 * <p>Holds a few numbers for each key with a time to live. Used by the follower's thread.
 */
final class TtlKeeper {

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(300);

  /** A server tells whole seconds, so that two readings of one expiry differ. */
  private static final Duration TOLERANCE = Duration.ofMillis(1500);

  /** Shortly before the copy goes the smallest prolongation counts. */
  private static final Duration CLOSE = Duration.ofMillis(2500);

  private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

  /**
   * A key as the stream told it.
   *
   * @param told when it goes, as the copy knows
   * @param index through which events of it have been seen
   * @param readNanos when it is to be read again
   */
  private record Tracked(Bytes key, Expiry told, long index, long readNanos) {}

  /**
   * The events to report.
   *
   * @param sinceNanos since when
   * @param toldEarly whether it was told once before its index was confirmed
   */
  private record Waiting(Reading reading, Expiry expiresAt, long sinceNanos, boolean toldEarly) {}

  private final long beginNanos = System.nanoTime();
  private final V2Client client;
  private final Selection selection;
  private final Outbox outbox;
  private final TtlReads reads;
  private final TreeMap<Bytes, Tracked> tracked = new TreeMap<>();
  private final TreeSet<Tracked> byTime =
      new TreeSet<>(
          Comparator.<Tracked>comparingLong(key -> key.readNanos() - beginNanos)
              .thenComparing(Tracked::key));
  private final Map<Bytes, Waiting> waiting = new HashMap<>();

  TtlKeeper(V2Client client, Selection selection, Outbox outbox) {
    this.client = client;
    this.selection = selection;
    this.outbox = outbox;
    this.reads = new TtlReads(client);
  }

  /**
   * Finds all keys that have a time to live already. To be called when a watch is open, or those
   * that come and go meanwhile would be missed.
   *
   * @param tell whether the stream reports them, because they may have been prolonged
   */
  void seed(boolean tell) throws IOException, InterruptedException {
    try (Snapshot snapshot = V2Tree.read(client, selection)) {
      long at = snapshot.head().index();
      for (Entry entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        Expiry expiresAt = entry.expiresAt();
        if (expiresAt != null) {
          see(entry);
          if (tell) {
            await(new Reading(entry.key(), entry, Long.MAX_VALUE, at), expiresAt);
          }
        }
      }
    }
  }

  /** An event that is about to be delivered. */
  void see(MirrorEvent event) {
    Bytes key = event.key();
    waiting.remove(key);
    if (event instanceof DeleteTree) {
      Bytes top = key.equals(Bytes.utf8("/")) ? Bytes.EMPTY : key;
      // '0' follows '/' in ASCII, so this is everything that begins with the key and a slash.
      Bytes below = top.plus(Bytes.utf8("/"));
      Map<Bytes, Tracked> inside = tracked.subMap(below, true, top.plus(Bytes.utf8("0")), false);
      byTime.removeAll(List.copyOf(inside.values()));
      inside.clear();
      waiting.keySet().removeIf(other -> other.startsWith(below));
    }
    Expiry expiresAt = event instanceof Entry entry ? entry.expiresAt() : null;
    if (expiresAt != null) {
      track(key, expiresAt, event.index());
    } else {
      forget(key);
    }
  }

  private void track(Bytes key, Expiry told, long index) {
    forget(key);
    Duration half = told.left().dividedBy(2);
    Duration pause = half.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : half;
    Tracked next = new Tracked(key, told, index, System.nanoTime() + pause.toNanos());
    tracked.put(key, next);
    byTime.add(next);
  }

  private void forget(Bytes key) {
    Tracked known = tracked.remove(key);
    if (known != null) {
      byTime.remove(known);
    }
  }

  /**
   * Reads what is due, takes in what has been read, and tells what can be told.
   *
   * @param confirmed the index through which the stream is complete
   */
  void tick(long confirmed) {
    for (Reading reading = reads.poll(); reading != null; reading = reads.poll()) {
      take(reading);
    }
    tell(confirmed);
    List<Bytes> due = due(System.nanoTime());
    if (!due.isEmpty()) {
      reads.begin(due);
    }
  }

  /** Those whose time has come, the longest due first; should a read fail, it comes again. */
  private List<Bytes> due(long now) {
    List<Tracked> due = new ArrayList<>();
    while (!byTime.isEmpty() && byTime.first().readNanos() - now <= 0) {
      Tracked next = byTime.pollFirst();
      due.add(next);
    }
    due.forEach(key -> track(key.key(), key.told(), key.index()));
    return due.stream().map(Tracked::key).toList();
  }

  /** Takes in what was read. */
  void take(Reading reading) {
    Tracked known = tracked.get(reading.key());
    if (known == null || reading.storeIndex() < known.index()) {
      // An event has told something newer since.
      return;
    }
    Entry entry = reading.entry();
    if (entry == null) {
      // The event that says so is on its way, and perhaps one that brings it back.
      forget(reading.key());
      waiting.remove(reading.key());
      return;
    }
    Expiry expiresAt = entry.expiresAt();
    // Where there is none any more, an event says so.
    if (expiresAt != null && isNews(known.told(), expiresAt)) {
      await(reading, expiresAt);
    }
  }

  private static boolean isNews(Expiry told, Expiry read) {
    Duration later = read.since(told);
    return later.abs().compareTo(TOLERANCE) > 0
        || (!later.isNegative() && !later.isZero() && told.left().compareTo(CLOSE) < 0);
  }

  private void await(Reading reading, Expiry expiresAt) {
    waiting.compute(
        reading.key(),
        (key, before) ->
            before == null
                ? new Waiting(reading, expiresAt, System.nanoTime(), false)
                : new Waiting(reading, expiresAt, before.sinceNanos(), before.toldEarly()));
  }

  /**
   * Tells what was read at or below the index through which the stream is complete, and what has
   * waited for long.
   */
  void tell(long confirmed) {
    long now = System.nanoTime();
    for (Iterator<Waiting> each = waiting.values().iterator(); each.hasNext(); ) {
      Waiting next = each.next();
      // What does not fit stays here, where a newer reading of the same key takes its place.
      if (!outbox.hasRoom()) {
        return;
      }
      Reading reading = next.reading();
      if (reading.storeIndex() <= confirmed) {
        tell(next, confirmed);
        each.remove();
      } else if (!next.toldEarly()
          && now - next.sinceNanos() >= PATIENCE_NANOS
          && reading.createdIndex() <= confirmed) {
        tell(next, confirmed);
        waiting.put(reading.key(), new Waiting(reading, next.expiresAt(), now, true));
      }
    }
  }

  private void tell(Waiting next, long confirmed) {
    Bytes key = next.reading().key();
    Tracked known = tracked.get(key);
    outbox.add(new Refresh(key, confirmed, next.expiresAt(), null), 0);
    track(key, next.expiresAt(), known == null ? confirmed : known.index());
  }
}
