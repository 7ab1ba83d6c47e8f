package org.etcdmirror.core.internal.suspects;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.internal.diff.Diff;
import org.etcdmirror.core.internal.keys.PathNames;
import org.etcdmirror.core.internal.resync.Resync;
import org.etcdmirror.core.internal.run.Retry;
import org.jspecify.annotations.Nullable;

/**
 * Writes what differs at some keys. As in a resync, deletes come last, and of these directories the
 * deepest first. Memory is bounded: what must wait for the end is counted, and too much of it is a
 * matter for a resync.
 */
final class SuspectPass implements Diff.Visitor {

  private static final int BATCH_EVENTS = 1000;
  private static final long BATCH_BYTES = 1L << 20;
  private static final int MOST_WAITING = 10_000;

  private final Predicate<Bytes> wanted;
  private final Set<Bytes> named;
  private final Resync.Writer writer;
  private final LongSupplier index;
  private final List<MirrorEvent> writes = new ArrayList<>();
  private final List<Entry> extras = new ArrayList<>();
  private final List<Put> afterDeletes = new ArrayList<>();

  /** The named keys that the source holds. */
  private final Set<Bytes> seen = new HashSet<>();

  private long bytes;
  private long written;
  private boolean tooMuch;

  /**
   * A pass over a source.
   *
   * @param wanted the sink's keys that are looked at; what else the sides tell is passed over
   * @param named keys that are to be gone from a sink that cannot be read, if the source has none
   * @param writer makes batches durable
   * @param index what has been read of the source is not newer than this
   */
  SuspectPass(Predicate<Bytes> wanted, Set<Bytes> named, Resync.Writer writer, LongSupplier index) {
    this.wanted = wanted;
    this.named = named;
    this.writer = writer;
    this.index = index;
  }

  @Override
  public void missing(Entry entry, @Nullable Entry found)
      throws IOException, InterruptedException, Retry.StoppedException {
    if (!wanted.test(entry.key())) {
      return;
    }
    if (named.contains(entry.key())) {
      seen.add(entry.key());
    }
    if (entry instanceof Put put && found instanceof MakeDirectory) {
      tooMuch |= afterDeletes.size() >= MOST_WAITING || !afterDeletes.add(put);
    } else {
      add(entry);
    }
  }

  @Override
  public void extra(Entry found) {
    if (wanted.test(found.key())) {
      tooMuch |= extras.size() >= MOST_WAITING || !extras.add(found);
    }
  }

  /** Of a sink that cannot be read: a named key that the walk has not written is deleted. */
  void deleteUnwritten() {
    named.stream()
        .filter(key -> !seen.contains(key))
        .forEach(key -> extras.add(new Put(key, Bytes.EMPTY, index.getAsLong(), null)));
  }

  /** Whether more would be deleted than may go without a resync, which asks a person. */
  boolean isRefused(DeleteLimit limit, Diff diff) {
    boolean values = extras.stream().anyMatch(Put.class::isInstance);
    return limit.refuses(extras.size(), diff.sinkEntries(), diff.sourceEmpty() && values);
  }

  /** Whether more waits for the end than can be held. */
  boolean isTooMuch() {
    return tooMuch;
  }

  /** The walk is over: what waited for that is written. */
  void finish() throws IOException, InterruptedException, Retry.StoppedException {
    flush();
    extras.sort(Comparator.comparingInt(SuspectPass::depth).reversed());
    for (Entry extra : extras) {
      add(new Delete(extra.key(), index.getAsLong()));
    }
    flush();
    for (Put put : afterDeletes) {
      add(put);
    }
    flush();
  }

  /** Values come first, then directories, each empty in its turn. */
  private static int depth(Entry entry) {
    return entry instanceof MakeDirectory ? PathNames.depth(entry.key()) : Integer.MAX_VALUE;
  }

  /** The number of events that it wrote. */
  long written() {
    return written;
  }

  private void add(MirrorEvent write)
      throws IOException, InterruptedException, Retry.StoppedException {
    writes.add(write);
    bytes += write.key().size() + (write instanceof Put put ? (long) put.value().size() : 0L);
    if (writes.size() >= BATCH_EVENTS || bytes >= BATCH_BYTES) {
      flush();
    }
  }

  private void flush() throws IOException, InterruptedException, Retry.StoppedException {
    if (!writes.isEmpty()) {
      long at = index.getAsLong();
      EventBatch batch = EventBatch.of(List.copyOf(writes), at, at);
      writes.clear();
      bytes = 0;
      writer.write(batch);
      written += batch.events().size();
    }
  }
}
