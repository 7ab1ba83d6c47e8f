package org.etcdmirror.core.internal.resync;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.etcdmirror.core.internal.unsupported.UnsupportedFilter;
import org.jspecify.annotations.Nullable;

/**
 * Collects the writes of a pass and makes them durable in batches. Remembers the entries that the
 * sink refuses.
 */
final class ResyncBatch {

  private static final int MOST_EVENTS = 1000;
  private static final long MOST_BYTES = 1L << 20;

  private final EntryCheck check;
  private final Resync.@Nullable Writer writer;
  private final List<MirrorEvent> writes = new ArrayList<>();
  private final RefusedEntries refused = new RefusedEntries();
  private long bytes;

  /**
   * An empty batch.
   *
   * @param check decides whether an entry that the sink refuses may be left out
   * @param writer makes a batch durable; null for a pass that only looks
   */
  ResyncBatch(EntryCheck check, Resync.@Nullable Writer writer) {
    this.check = check;
    this.writer = writer;
  }

  /** Whether a pass writes, and does not only look. */
  boolean isWritten() {
    return writer != null;
  }

  static long size(MirrorEvent write) {
    return write.key().size() + (write instanceof Put put ? (long) put.value().size() : 0L);
  }

  void add(MirrorEvent write) {
    writes.add(write);
    bytes += size(write);
  }

  boolean isFull() {
    return writes.size() >= MOST_EVENTS || bytes >= MOST_BYTES;
  }

  /**
   * Writes what was added.
   *
   * @param index the index at which it was read
   */
  void flush(long index) throws IOException, InterruptedException, Retry.StoppedException {
    List<MirrorEvent> rest = List.copyOf(writes);
    writes.clear();
    bytes = 0;
    while (!rest.isEmpty()) {
      rest = write(rest, index);
    }
  }

  /** The entries left to write; none unless the sink refused some. */
  private List<MirrorEvent> write(List<MirrorEvent> events, long index)
      throws IOException, InterruptedException, Retry.StoppedException {
    try {
      requireNonNull(writer, "writer").write(EventBatch.of(events, index, index));
      return List.of();
    } catch (UnsupportedEntryException e) {
      List<MirrorEvent> rest = UnsupportedFilter.without(events, e.refusals());
      boolean clashesOnly = e.refusals().stream().allMatch(one -> one.clash() != null);
      if (rest.equals(events) || !(clashesOnly || check.skips())) {
        e.refusals().forEach(check::tell);
        throw e;
      }
      refused.add(e.refusals());
      return rest;
    }
  }

  /** The entries that the sink refused. */
  RefusedEntries refused() {
    return refused;
  }
}
