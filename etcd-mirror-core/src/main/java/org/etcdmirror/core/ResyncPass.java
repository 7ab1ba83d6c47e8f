package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * One walk over both sides: writes what is missing, and remembers what is too much. Memory is
 * bounded: of very many deletes only the first are remembered, and another pass finds the rest.
 */
final class ResyncPass implements Diff.Visitor {

  private static final int BATCH_EVENTS = 1000;
  private static final long BATCH_BYTES = 1L << 20;
  private static final int MOST_REFUSED = 10_000;
  private static final int SAMPLES = 20;

  /** An entry that the source does not have. */
  private record Extra(Bytes key, boolean directory) {

    /** Values come first, then directories, the deepest first, each empty in its turn. */
    int depth() {
      if (!directory) {
        return Integer.MAX_VALUE;
      }
      int depth = 0;
      for (int i = 0; i < key.size(); i++) {
        depth += key.at(i) == (byte) '/' ? 1 : 0;
      }
      return depth;
    }
  }

  private final EntryCheck check;
  private final SnapshotFilter filter;
  private final Diff diff;
  private final Resync.@Nullable Writer writer;
  private final int maxExtras;
  private final Shutdown shutdown;
  private final List<MirrorEvent> writes = new ArrayList<>();
  private final List<Extra> extras = new ArrayList<>();

  /** Values whose place a directory holds, which must be emptied first. */
  private final List<Put> afterDeletes = new ArrayList<>();

  /** What the sink would not hold together with what it held, the first of it. */
  private final List<Refusal> refused = new ArrayList<>();

  private final List<Bytes> writeSamples = new ArrayList<>();
  private long missing;
  private long missingBytes;
  private long bytes;
  private long index;
  private long extraEntries;
  private long extraValues;
  private long written;
  private long deleted;
  private long refusals;

  /**
   * A pass.
   *
   * @param writer makes batches durable; null to only count, and to hold nothing
   */
  ResyncPass(
      KeyMapper mapper,
      Leftovers leftovers,
      EntryCheck check,
      Resync.@Nullable Writer writer,
      int maxExtras,
      Shutdown shutdown) {
    this.check = check;
    this.filter = new SnapshotFilter(check);
    this.diff = new Diff(mapper, leftovers, this::isHoldable);
    this.writer = writer;
    this.maxExtras = maxExtras;
    this.shutdown = shutdown;
  }

  void walk(Snapshot from, @Nullable Snapshot to)
      throws IOException, InterruptedException, Retry.StoppedException {
    index = from.head().index();
    diff.walk(from, to, this);
    apply();
  }

  private boolean isHoldable(Entry entry) {
    Refusal refusal = filter.refusal(entry);
    if (refusal != null) {
      check.tell(refusal);
      if (!check.skips()) {
        // It came after the source was searched for such.
        throw new UnsupportedEntryException(List.of(refusal));
      }
    }
    return refusal == null;
  }

  @Override
  public void step() throws Retry.StoppedException {
    if (shutdown.hasBegun()) {
      throw new Retry.StoppedException();
    }
  }

  @Override
  public void missing(Entry wanted, @Nullable Entry found)
      throws IOException, InterruptedException, Retry.StoppedException {
    missing++;
    missingBytes += size(wanted);
    if (writeSamples.size() < SAMPLES) {
      writeSamples.add(wanted.key());
    }
    if (writer == null) {
      return;
    }
    if (wanted instanceof Put put && found instanceof MakeDirectory) {
      afterDeletes.add(put);
    } else {
      written++;
      add(wanted);
    }
  }

  @Override
  public void extra(Entry found) {
    extraEntries++;
    extraValues += found instanceof Put ? 1 : 0;
    if (extras.size() < (writer == null ? SAMPLES : maxExtras)) {
      extras.add(new Extra(found.key(), found instanceof MakeDirectory));
    }
  }

  boolean isRefusedBy(DeleteLimit limit) {
    return limit.refuses(extraEntries, diff.sinkEntries(), emptied());
  }

  private boolean emptied() {
    return diff.sourceEmpty() && extraValues > 0;
  }

  String refusal(DeleteLimit limit) {
    return "a resync at index %d would delete %d of %d entries in the sink (first: %s)%s; allowed are %s"
        .formatted(
            index,
            extraEntries,
            diff.sinkEntries(),
            extras.isEmpty() ? "none" : extras.get(0).key(),
            emptied() ? " because the source is empty" : "",
            limit);
  }

  /** What the walk has found. */
  ResyncPlan plan(DeleteLimit limit) {
    return new ResyncPlan(
        index,
        diff.sourceEntries(),
        diff.sinkEntries(),
        missing,
        missingBytes,
        extraEntries,
        filter.refused(),
        writeSamples,
        extras.stream().limit(SAMPLES).map(Extra::key).toList(),
        isRefusedBy(limit) ? refusal(limit) : null);
  }

  /** False if there is more to delete than was remembered. */
  boolean delete() throws IOException, InterruptedException, Retry.StoppedException {
    boolean all = extras.size() == extraEntries;
    Bytes last = extras.isEmpty() ? Bytes.EMPTY : extras.get(extras.size() - 1).key();
    extras.sort(Comparator.comparingInt(Extra::depth).reversed());
    for (Extra extra : extras) {
      // A directory that holds the last of them may hold more of what was not remembered.
      if (all || !extra.directory() || !KeyModel.PATHS.covers(extra.key(), last)) {
        deleted++;
        add(new Delete(extra.key(), index));
      }
    }
    apply();
    if (all) {
      for (Put put : afterDeletes) {
        written++;
        add(put);
      }
      apply();
    }
    return all;
  }

  private void add(MirrorEvent write)
      throws IOException, InterruptedException, Retry.StoppedException {
    writes.add(write);
    bytes += size(write);
    if (writes.size() >= BATCH_EVENTS || bytes >= BATCH_BYTES) {
      apply();
    }
  }

  private static long size(MirrorEvent event) {
    long key = event.key().size();
    return event instanceof Put put ? key + put.value().size() : key;
  }

  private void apply() throws IOException, InterruptedException, Retry.StoppedException {
    step();
    List<MirrorEvent> rest = List.copyOf(writes);
    writes.clear();
    bytes = 0;
    while (!rest.isEmpty()) {
      rest = write(rest);
    }
  }

  /** What is left to write; nothing, unless the sink refused some. */
  private List<MirrorEvent> write(List<MirrorEvent> events)
      throws IOException, InterruptedException {
    try {
      requireNonNull(writer, "writer").write(EventBatch.of(events, index, index));
      return List.of();
    } catch (UnsupportedEntryException e) {
      List<MirrorEvent> rest = Screen.without(events, e.refusals());
      boolean clashesOnly = e.refusals().stream().allMatch(one -> one.clash() != null);
      if (rest.equals(events) || !(clashesOnly || check.skips())) {
        e.refusals().forEach(check::tell);
        throw e;
      }
      written -= e.refusals().size();
      refusals += e.refusals().size();
      refused.addAll(e.refusals().subList(0, Math.min(e.refusals().size(), room())));
      return rest;
    }
  }

  private int room() {
    return MOST_REFUSED - refused.size();
  }

  /** Whether the sink refused something only for what this pass has deleted since, maybe. */
  boolean mayHoldMore() {
    return refusals > 0 && deleted > 0;
  }

  /**
   * The pass was the last: what was refused is left out.
   *
   * @throws UnsupportedEntryException if nothing may be left out
   */
  void finish() {
    refused.forEach(check::tell);
    if (!refused.isEmpty() && !check.skips()) {
      throw new UnsupportedEntryException(refused);
    }
    Set<Bytes> shadowing = new HashSet<>(filter.shadowing());
    for (Refusal refusal : refused) {
      Bytes clash = refusal.clash();
      if (clash != null && KeyModel.PATHS.covers(clash, refusal.key())) {
        shadowing.add(clash);
      }
    }
    check.shadows().replaceBy(shadowing);
    check.leftOut(filter.refused() + refusals);
  }

  long written() {
    return written;
  }

  long deleted() {
    return deleted;
  }

  /** Entries in the source's scope. */
  long sourceEntries() {
    return diff.sourceEntries();
  }

  /** The newest puts that the source holds. */
  List<Anchors.Standing> newest() {
    return diff.newest();
  }
}
