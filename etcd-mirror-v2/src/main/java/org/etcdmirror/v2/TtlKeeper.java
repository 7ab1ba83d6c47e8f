package org.etcdmirror.v2;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Keeps times to live true where they are copied: a {@code refresh=true} prolongs a key without
 * telling any watch (etcd 2.3 to 3.5). Keys with a time to live are read again before it runs out,
 * and what was prolonged is put into the stream, in its place behind everything that the read saw.
 * Used by the follower's thread, but for the reads themselves.
 */
final class TtlKeeper {

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(300);
  private static final Duration TOLERANCE = Duration.ofMillis(1500);
  private static final int MOST_READS = 64;

  /** A key as it was at an index, and when it is to be read again. */
  private record Tracked(Bytes key, Instant expiresAt, long index, Instant readAt) {}

  /** A key as it was read at an index of the store; no entry if it was gone. */
  record Reading(Bytes key, @Nullable Entry entry, long storeIndex) {}

  private final V2Client client;
  private final Selection selection;
  private final Outbox outbox;
  private final TreeMap<Bytes, Tracked> tracked = new TreeMap<>();
  private final Map<Bytes, Reading> waiting = new HashMap<>();
  private final Queue<Reading> readings = new ConcurrentLinkedQueue<>();
  private Instant nextRead = Instant.MAX;
  private @Nullable Future<?> reads;

  TtlKeeper(V2Client client, Selection selection, Outbox outbox) {
    this.client = client;
    this.selection = selection;
    this.outbox = outbox;
  }

  /**
   * Finds all keys that have a time to live already. To be called when a watch is open, or those
   * that come and go meanwhile would be missed.
   *
   * @param tell whether the stream is to tell of them, because they may have been prolonged
   */
  void seed(boolean tell) throws IOException, InterruptedException {
    try (Snapshot snapshot = V2Tree.read(client, selection)) {
      for (Entry entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        if (entry.expiresAt() != null) {
          see(entry);
          if (tell) {
            waiting.put(entry.key(), new Reading(entry.key(), entry, snapshot.head().index()));
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
      tracked.subMap(below, true, top.plus(Bytes.utf8("0")), false).clear();
      waiting.keySet().removeIf(inside -> inside.startsWith(below));
    }
    if (event instanceof Entry entry && entry.expiresAt() != null) {
      track(key, entry.expiresAt(), event.index());
    } else {
      tracked.remove(key);
    }
  }

  private void track(Bytes key, Instant expiresAt, long index) {
    Instant now = Instant.now();
    Duration left = Duration.between(now, expiresAt);
    Duration pause = left.multipliedBy(2).dividedBy(3);
    Instant readAt = now.plus(pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause);
    tracked.put(key, new Tracked(key, expiresAt, index, readAt));
    nextRead = readAt.isBefore(nextRead) ? readAt : nextRead;
  }

  /** Reads what is due, and takes in what has been read. */
  void tick() {
    for (Reading reading = readings.poll(); reading != null; reading = readings.poll()) {
      take(reading);
    }
    if (tracked.isEmpty() || (reads != null && !reads.isDone())) {
      return;
    }
    Instant now = Instant.now();
    if (now.isBefore(nextRead)) {
      return;
    }
    List<Tracked> due = due(now);
    // Should the read fail, it is tried again in time.
    due.forEach(key -> track(key.key(), key.expiresAt(), key.index()));
    if (!due.isEmpty()) {
      reads = client.executor().submit(() -> read(due));
    }
  }

  /** Those that have waited longest, so that none is left out where there are too many. */
  private List<Tracked> due(Instant now) {
    List<Tracked> due = new ArrayList<>();
    nextRead = Instant.MAX;
    for (Tracked key : tracked.values()) {
      if (!key.readAt().isAfter(now)) {
        due.add(key);
      } else if (key.readAt().isBefore(nextRead)) {
        nextRead = key.readAt();
      }
    }
    if (due.size() <= MOST_READS) {
      return due;
    }
    due.sort(Comparator.comparing(Tracked::readAt));
    nextRead = now;
    return List.copyOf(due.subList(0, MOST_READS));
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
      // Gone; the event that says so is on its way.
      tracked.remove(reading.key());
      waiting.remove(reading.key());
      return;
    }
    Instant expiresAt = entry.expiresAt();
    if (expiresAt == null
        || Duration.between(known.expiresAt(), expiresAt).abs().compareTo(TOLERANCE) > 0) {
      waiting.put(reading.key(), reading);
    }
    if (expiresAt != null) {
      track(reading.key(), expiresAt, reading.storeIndex());
    }
  }

  /**
   * The stream is about to be complete through {@code index}: what was read by then comes first.
   */
  void release(long index) {
    for (Iterator<Reading> each = waiting.values().iterator(); each.hasNext(); ) {
      Reading reading = each.next();
      if (reading.storeIndex() <= index && reading.entry() != null) {
        outbox.add(at(reading.entry(), index), 0);
        each.remove();
      }
    }
  }

  private static MirrorEvent at(Entry entry, long index) {
    return entry instanceof Put put
        ? new Put(put.key(), put.value(), index, put.expiresAt())
        : new MakeDirectory(entry.key(), index, entry.expiresAt());
  }

  private void read(List<Tracked> keys) {
    for (Tracked key : keys) {
      try {
        readings.add(read(key.key()));
      } catch (IOException e) {
        // It stays tracked and is read again soon; a source that is away shows in its watches.
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private Reading read(Bytes key) throws IOException, InterruptedException {
    try {
      V2Answer answer = client.get(key.utf8(), "quorum=true");
      V2Node node = answer.requireNode();
      Entry entry =
          node.dir()
              ? new MakeDirectory(key, node.modifiedIndex(), node.expiresAt())
              : new Put(
                  key,
                  Bytes.utf8(node.value() == null ? "" : node.value()),
                  node.modifiedIndex(),
                  node.expiresAt());
      return new Reading(key, entry, answer.etcdIndex());
    } catch (V2ErrorException e) {
      if (e.errorCode() == V2ErrorException.KEY_NOT_FOUND) {
        return new Reading(key, null, e.index());
      }
      throw e;
    }
  }
}
