package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.core.store.InMemorySink;
import org.jspecify.annotations.Nullable;

/** An in-memory keyspace with a history and with the faults of a real one. */
public class FakeSource implements InspectableSource {

  public final Faults faults = new Faults();
  final Contradiction contradiction = new Contradiction();
  private final KeyModel model;
  private String clusterId = "cluster-1";
  private InMemorySink state;
  private List<MirrorEvent> history = new ArrayList<>();
  private PastValues past = new PastValues();
  private List<MirrorEvent> prolonged = new ArrayList<>();
  private List<SourceNotice> notices = new ArrayList<>();
  private long index = 10;
  private long oldest = 1;
  private int epoch;
  private int maxBatch = 1000;
  private long snapshotsBehind;
  private int staleSnapshots;
  private int openStreams;
  private boolean impatient;
  private boolean mute;
  private long leap;
  private boolean forgetful;
  private boolean closed;
  private long expired;
  private Consumer<@Nullable Bytes> reading = after -> {};
  private List<StoredLink> links = List.of();
  private final Set<Long> unseen = new HashSet<>();

  public FakeSource(KeyModel model) {
    this.model = model;
    this.state = empty();
  }

  private InMemorySink empty() {
    return model == KeyModel.PATHS ? InMemorySink.paths() : InMemorySink.bytes();
  }

  public long put(String key, String value) {
    return put(key, value, null);
  }

  public synchronized long put(String key, String value, @Nullable Expiry expiresAt) {
    return happened(new Put(Bytes.utf8(key), Bytes.utf8(value), index + 1, expiresAt));
  }

  /** A put that no stream delivers, although each stream reports its index. */
  synchronized long putUnseen(String key, String value) {
    unseen.add(index + 1);
    return put(key, value);
  }

  /** The next poll finds out that the index was wrong: an event was never delivered. */
  void disprove(long missed) {
    faults.failNext(
        "poll", new IndexDisprovedException(missed, index(), index(), "a test's fault"));
    foreignWrites(1);
  }

  synchronized long directory(String key) {
    return happened(new MirrorEvent.MakeDirectory(Bytes.utf8(key), index + 1, null));
  }

  public synchronized long delete(String key) {
    return happened(new MirrorEvent.Delete(Bytes.utf8(key), index + 1));
  }

  public synchronized long deleteTree(String key) {
    return happened(new MirrorEvent.DeleteTree(Bytes.utf8(key), index + 1));
  }

  public synchronized long happened(MirrorEvent event) {
    index = event.index();
    state.apply(EventBatch.of(List.of(event), index, index));
    history.add(event);
    if (event instanceof Put put && past.changesNothingElse(put.key())) {
      past.put(index, put.key(), put.value());
    } else {
      past.changed(index, state.values());
    }
    notifyAll();
    return index;
  }

  /** The key expires later than announced; nothing else happens. */
  public synchronized void prolong(String key, Expiry expiresAt) {
    prolonged.add(new MirrorEvent.Refresh(Bytes.utf8(key), index, expiresAt, null));
    notifyAll();
  }

  /** Whether the key had this value, null for none, at or after an index. */
  synchronized boolean had(Bytes key, @Nullable Bytes value, long from) {
    return past.had(key, value, from);
  }

  synchronized Set<Bytes> everyKey() {
    return past.everyKey();
  }

  /** Runs the check while no write happens. */
  synchronized void atRest(Runnable look) {
    look.run();
  }

  /** Writes to other keyspaces of the cluster: only the index moves. */
  public synchronized void foreignWrites(long count) {
    index += count;
    notifyAll();
  }

  public synchronized void clearHistory() {
    oldest = index + 1;
    expired = index;
    notifyAll();
  }

  /** Replaces this cluster by another, empty one. */
  public synchronized void replaceCluster(String id, long at) {
    clusterId = id;
    restart(at);
  }

  /** Restores the same cluster from an old backup, here an empty one. */
  synchronized void goBackTo(long at) {
    restart(at);
  }

  /**
   * Wiped, under its old name, and grown again to an index without this mirror's keys; its history
   * goes back to the beginning.
   */
  synchronized void wipe(long at) {
    restart(at);
    oldest = 1;
  }

  private void restart(long at) {
    index = at;
    oldest = at + 1;
    expired = 0;
    state = empty();
    history = new ArrayList<>();
    past = new PastValues();
    contradiction.forget();
    breakStreams();
  }

  synchronized void breakStreams() {
    epoch++;
    notifyAll();
  }

  synchronized void notice(SourceNotice notice) {
    notices.add(notice);
    index++;
    notifyAll();
  }

  synchronized void deliverAtMost(int events) {
    maxBatch = events;
  }

  /** Polls return at once from now on, even without events. */
  synchronized void answerAtOnce() {
    impatient = true;
  }

  /** From now on it does not answer while nothing happens, or does so again. */
  synchronized void answersWhileQuiet(boolean answers) {
    mute = !answers;
  }

  /** Streams report this index, which the source has not reached, from now on; 0 for none. */
  synchronized void leap(long far) {
    leap = far;
    notifyAll();
  }

  /** Every anchor check is UNKNOWN from now on. */
  synchronized void forgetAnchors() {
    forgetful = true;
  }

  /** The next snapshots are older than the head by this much. */
  synchronized void nextSnapshotsAreBehind(int count, long by) {
    staleSnapshots = count;
    snapshotsBehind = by;
  }

  public synchronized long index() {
    return index;
  }

  synchronized String clusterId() {
    return clusterId;
  }

  synchronized int openStreams() {
    return openStreams;
  }

  public synchronized boolean isClosed() {
    return closed;
  }

  public Map<String, String> values() {
    return FakeSink.text(state);
  }

  InMemorySink state() {
    return state;
  }

  @Override
  public KeyModel keyModel() {
    return model;
  }

  @Override
  public SourceHead head(Selection selection) throws IOException, InterruptedException {
    faults.at("head");
    synchronized (this) {
      return new SourceHead(clusterId, index);
    }
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    faults.at("snapshot");
    if (!selection.exact() && Thread.currentThread().getName().endsWith("-applier")) {
      contradiction.acted();
    }
    Snapshot now = read(selection);
    return model == KeyModel.PATHS || selection.exact()
        ? now
        : new ExpiringSnapshot(expiring(selection), now);
  }

  private synchronized Snapshot read(Selection selection) {
    long at = index;
    if (staleSnapshots > 0) {
      staleSnapshots--;
      at -= snapshotsBehind;
    }
    Snapshot entries = state.snapshot(selection);
    return new FaultySnapshot(entries, new SourceHead(clusterId, at), faults);
  }

  private ExpiringSnapshot.Source expiring(Selection selection) {
    return new ExpiringSnapshot.Source() {
      @Override
      public Snapshot read() throws IOException, InterruptedException {
        faults.at("renew");
        return FakeSource.this.read(selection);
      }

      @Override
      public void reads(@Nullable Bytes after) {
        reading.accept(after);
      }

      @Override
      public boolean isExpired(long at) {
        synchronized (FakeSource.this) {
          return at < expired;
        }
      }
    };
  }

  /** Expires all snapshots at an older index; streams continue. */
  synchronized void expireSnapshots() {
    expired = index;
  }

  /** Receives the key after which the next entry is read, null for the first one. */
  void onReading(Consumer<@Nullable Bytes> listener) {
    reading = listener;
  }

  /** What mirrors keep in this cluster. */
  synchronized void holds(StoredLink... stored) {
    links = List.of(stored);
  }

  @Override
  public List<StoredLink> storedLinks() throws IOException, InterruptedException {
    faults.at("storedLinks");
    synchronized (this) {
      return links;
    }
  }

  /** Answers like a source whose history reaches {@code anchor.at()}, unless it is cleared. */
  @Override
  public Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    faults.at("check");
    synchronized (this) {
      if (forgetful) {
        return Anchor.Check.UNKNOWN;
      }
      if (anchor.at() + 1 < oldest) {
        return PathEvents.version(history, anchor.key(), index) == anchor.version()
            ? Anchor.Check.HOLDS
            : Anchor.Check.UNKNOWN;
      }
      return PathEvents.version(history, anchor.key(), anchor.at()) == anchor.version()
          ? Anchor.Check.HOLDS
          : Anchor.Check.BROKEN;
    }
  }

  /** Answers by the values that it holds, as etcd v2. */
  @Override
  public Anchor.Check check(Selection selection, LastChange last)
      throws IOException, InterruptedException {
    faults.at("check last change");
    try (Snapshot now = state.snapshot(selection)) {
      for (Entry entry = now.next(); entry != null; entry = now.next()) {
        boolean isInQuietTime = entry.expiresAt() == null && entry.index() > last.put();
        boolean isUndeleted =
            last.deleted() != null && KeyModel.PATHS.covers(last.deleted(), entry.key());
        if (entry instanceof Put
            && entry.index() <= last.through()
            && (isInQuietTime || isUndeleted)) {
          return Anchor.Check.BROKEN;
        }
      }
    }
    return Anchor.Check.HOLDS;
  }

  @Override
  public Snapshot secondSnapshot(Selection selection) throws IOException, InterruptedException {
    faults.at("second snapshot");
    return snapshot(selection);
  }

  @Override
  public SourceHistory history(Selection selection) throws IOException, InterruptedException {
    faults.at("history");
    synchronized (this) {
      return new SourceHistory(oldest, index);
    }
  }

  @Override
  public EventStream open(Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException {
    faults.at(start instanceof Start.Now ? "open now" : "open after");
    synchronized (this) {
      long from = start instanceof Start.After after ? after.index() : index;
      refuseCleared(from);
      if (start instanceof Start.After) {
        contradiction.reopened(from, index);
      }
      openStreams++;
      return new Stream(selection, from);
    }
  }

  private void refuseCleared(long from) throws LostEventsException {
    if (from + 1 < oldest) {
      throw new HistoryClearedException(from + 1, oldest, index);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    breakStreams();
  }

  private final class Stream implements EventStream {

    private final Selection selection;
    private final long start;
    private final int born = epoch;
    private long last;
    private boolean over;

    Stream(Selection selection, long start) {
      this.selection = selection;
      this.start = start;
      this.last = start;
    }

    @Override
    public long startIndex() {
      return start;
    }

    /** When it answered last. */
    private long seenNanos = System.nanoTime();

    @Override
    public EventBatch poll(Duration timeout)
        throws IOException, LostEventsException, InterruptedException {
      faults.at("poll");
      synchronized (FakeSource.this) {
        long deadline = System.nanoTime() + timeout.toNanos();
        long left = timeout.toNanos();
        while (born == epoch && !over && isQuiet() && left > 0) {
          TimeUnit.NANOSECONDS.timedWait(FakeSource.this, left);
          left = deadline - System.nanoTime();
        }
        if (born != epoch || over) {
          throw new IOException("the stream broke");
        }
        refuseCleared(last);
        contradiction.polled(last, index);
        return next(isQuiet());
      }
    }

    private boolean isQuiet() {
      return last == index
          && prolonged.isEmpty()
          && leap == 0
          && !impatient
          && !contradiction.isRestless();
    }

    private EventBatch next(boolean isQuiet) {
      List<MirrorEvent> events = new ArrayList<>();
      if (last == index) {
        events.addAll(prolonged);
        prolonged = new ArrayList<>();
      }
      long reached = index;
      MirrorEvent passedOver = null;
      for (MirrorEvent event : history) {
        if (event.index() > last
            && !unseen.contains(event.index())
            && PathEvents.concerns(event, selection, model)) {
          if (passedOver == null && contradiction.wants()) {
            passedOver = event;
            continue;
          }
          if (events.size() == maxBatch) {
            reached = events.get(maxBatch - 1).index();
            break;
          }
          events.add(event);
        }
      }
      last = reached;
      if (passedOver != null && passedOver.index() <= reached) {
        contradiction.withheld(passedOver);
      }
      List<SourceNotice> seen = notices;
      notices = new ArrayList<>();
      if (!mute || !isQuiet) {
        seenNanos = System.nanoTime();
      }
      return new EventBatch(events, Math.max(reached, leap), index, seen, seenNanos);
    }

    @Override
    public void close() {
      synchronized (FakeSource.this) {
        if (!over) {
          over = true;
          openStreams--;
          FakeSource.this.notifyAll();
        }
      }
    }
  }
}
