package org.etcdmirror.core.internal.resync;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.internal.checkpoint.Anchors;
import org.etcdmirror.core.internal.checkpoint.ExpiringKeys;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.checkpoint.FormerPrefixes;
import org.etcdmirror.core.internal.diff.Diff;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.etcdmirror.core.internal.unsupported.SnapshotFilter;
import org.jspecify.annotations.Nullable;

/**
 * One walk over both sides: writes missing entries, and remembers surplus ones. Memory is bounded:
 * of very many deletes only the first are remembered, and another pass finds the rest.
 */
public final class ResyncPass implements Diff.Visitor {

  private final EntryCheck check;
  private final SnapshotFilter filter;
  private final Diff diff;
  private final Shutdown shutdown;
  private final ResyncBatch batch;
  private final MissingEntries missing = new MissingEntries();
  private final HeldValues held = new HeldValues();
  private final SurplusEntries extras;
  private final PlannedDifferences differences;

  /**
   * The source's leases whose copies are prolonged already: one number for each lease with keys.
   */
  private final Set<Long> prolonged = new HashSet<>();

  private long index;
  private long deleted;

  /**
   * A pass.
   *
   * @param expiring which keys had a time to live in the source
   * @param writer makes batches durable; null if it only looks, and holds nothing
   * @param showValues whether the plan has values
   */
  public ResyncPass(
      KeyMapper mapper,
      FormerEntries formerEntries,
      EntryCheck check,
      ExpiringKeys expiring,
      Resync.@Nullable Writer writer,
      int maxExtras,
      boolean showValues,
      Shutdown shutdown) {
    this.check = check;
    this.filter = new SnapshotFilter(check);
    this.diff = new Diff(mapper, formerEntries, this::isHoldable, shutdown);
    this.batch = new ResyncBatch(check, writer);
    this.extras =
        new SurplusEntries(
            expiring, formerEntries, mapper.targetPrefixes(), writer == null ? 0 : maxExtras);
    this.differences = new PlannedDifferences(showValues, MissingEntries.SAMPLES);
    this.shutdown = shutdown;
  }

  public void walk(Snapshot from, @Nullable Snapshot to)
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
  public void missing(Entry wanted, @Nullable Entry found)
      throws IOException, InterruptedException, Retry.StoppedException {
    if (found != null && !Diff.sameContent(wanted, found)) {
      missing.overwrites(wanted);
    }
    differences.missing(wanted, found);
    if (!batch.isWritten()) {
      missing.add(wanted);
    } else if (wanted instanceof Put put && found instanceof MakeDirectory) {
      missing.add(wanted);
      held.hold(put);
    } else {
      add(wanted);
    }
  }

  /**
   * A copy on the source's lease may be about to go, because a refresh that the stream sent at an
   * older index is dropped behind this pass. So the pass refreshes it. One key stands for a whole
   * lease that ends when it should.
   */
  @Override
  public void equal(Entry wanted, Entry found)
      throws IOException, InterruptedException, Retry.StoppedException {
    Lease lease = Diff.sharedLease(wanted, found);
    Expiry expiresAt = wanted.expiresAt();
    if (lease != null && expiresAt != null && batch.isWritten()) {
      boolean isFirst = prolonged.add(lease.id());
      if (isFirst || !Diff.sameTime(expiresAt, found.expiresAt())) {
        add(new Refresh(wanted.key(), index, expiresAt, lease));
      }
    }
  }

  @Override
  public void extra(Entry found) {
    extras.add(found);
    differences.extra(found);
  }

  boolean isRefused(DeleteRule rule, DeletePermit permit) {
    boolean refused =
        rule.refuses(counted(rule), diff.sinkEntries(), emptied()) || !extras.former().isEmpty();
    return refused && !permit.covers(extras.entries(), emptied(), extras.former());
  }

  private long counted(DeleteRule rule) {
    return extras.entries() - (rule.asksForAny() ? extras.places() : 0);
  }

  /**
   * Whether a person need not be asked if what had a time to live in the source has gone by itself:
   * the source holds something still, and the rule allows the other deletes.
   */
  boolean mayBeExpiry(DeleteRule rule) {
    long others = extras.entries() - extras.expired();
    return extras.expired() > 0
        && extras.former().isEmpty()
        && !diff.sourceEmpty()
        && !rule.refuses(others, diff.sinkEntries(), false);
  }

  /** The number of deletes of keys that had a time to live in the source. */
  long expired() {
    return extras.expired();
  }

  /** Whether the sink holds nothing that the source does not. */
  boolean isWithoutExtras() {
    return extras.entries() == 0;
  }

  /** The number of entries that {@link #delete} knows. */
  long rememberedExtras() {
    return extras.remembered();
  }

  /** The refusal of the pass, with its plan and the permit that it needs. */
  RefusedDeletes refused(DeleteRule rule) {
    return new RefusedDeletes(
        refusal(rule),
        plan(refusal(rule)),
        new DeletePermit(extras.entries(), emptied(), extras.former()));
  }

  private boolean emptied() {
    return diff.sourceEmpty() && extras.values() > 0;
  }

  String refusal(DeleteRule rule) {
    String reason = rule.reason(counted(rule), diff.sinkEntries(), emptied());
    return "a resync at index %d would delete %d of %d entries in the sink (first: %s)%s%s"
        .formatted(
            index,
            extras.entries(),
            diff.sinkEntries(),
            extras.samples().isEmpty() ? "none" : extras.samples().get(0),
            reason == null ? "" : ": " + reason,
            FormerPrefixes.describe(extras.former()));
  }

  /**
   * The plan of the rest of the pass.
   *
   * @param refusal why the plan needs an approval; null if it needs none
   */
  ResyncPlan plan(@Nullable String refusal) {
    return new ResyncPlan(
        index,
        diff.sourceEntries(),
        diff.sinkEntries(),
        missing.entries(),
        missing.bytes(),
        missing.overwrites(),
        extras.entries(),
        filter.refused(),
        missing.samples(),
        missing.overwriteSamples(),
        extras.samples(),
        extras.former(),
        differences.all(),
        diff.sourceEmpty(),
        refusal);
  }

  /** False if there is more to do than was remembered, so that another pass is needed. */
  boolean delete() throws IOException, InterruptedException, Retry.StoppedException {
    boolean all = extras.areAllRemembered();
    for (Bytes key : extras.toDelete()) {
      deleted++;
      add(new Delete(key, index));
    }
    apply();
    if (all) {
      for (Put put : held.values()) {
        add(put);
      }
      apply();
    }
    return all && held.areAllHeld();
  }

  private void add(MirrorEvent write)
      throws IOException, InterruptedException, Retry.StoppedException {
    batch.add(write);
    if (batch.isFull()) {
      apply();
    }
  }

  private void apply() throws IOException, InterruptedException, Retry.StoppedException {
    shutdown.throwIfBegun();
    flush();
  }

  /** Writes what was found to be missing by now. */
  void flush() throws IOException, InterruptedException, Retry.StoppedException {
    batch.flush(index);
  }

  /** Whether the sink refused something only for what this pass has deleted since, maybe. */
  boolean mayHoldMore() {
    return refused().count() > 0 && deleted > 0;
  }

  /**
   * The pass was the last: what was refused is left out.
   *
   * @throws UnsupportedEntryException if nothing may be left out
   */
  void finish() {
    List<Refusal> all = refused().all();
    all.forEach(check::tell);
    if (!all.isEmpty() && !check.skips()) {
      throw new UnsupportedEntryException(all);
    }
    check.shadows().replaceBy(shadowing());
    check.leftOut(filter.refused() + refused().count());
  }

  /** The values that hold the place of others, as far as this pass has found them. */
  Set<Bytes> shadowing() {
    Set<Bytes> shadowing = new HashSet<>(filter.shadowing());
    shadowing.addAll(refused().shadows());
    return shadowing;
  }

  RefusedEntries refused() {
    return batch.refused();
  }

  /** Sets the index at which the following entries were read. */
  void at(long later) {
    index = later;
  }

  Diff diff() {
    return diff;
  }

  /**
   * This happened to what was visited, in the order of the stream.
   *
   * @return whether it is to be written; else it is done with, or will be
   */
  boolean happened(MirrorEvent event) {
    extras.happened(event);
    refused().happened(event);
    return !held.takesIn(event);
  }

  /** Entries in the source's scope. */
  long sourceEntries() {
    return diff.sourceEntries();
  }

  /** The newest puts that the source holds. */
  List<Anchors.Standing> newest() {
    return diff.found().newest().standing();
  }

  /** The index of the newest put of all that the source's selection holds, or an index after it. */
  long newestPut() {
    return diff.found().newestPut();
  }

  /** The keys of the source that have a time to live. */
  Set<Integer> expiring() {
    return diff.found().expiring();
  }
}
