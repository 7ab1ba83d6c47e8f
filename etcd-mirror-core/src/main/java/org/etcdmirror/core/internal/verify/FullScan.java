package org.etcdmirror.core.internal.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.TaskProgress.Step;
import org.etcdmirror.core.internal.diff.Diff;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.SinkProgress;
import org.etcdmirror.core.internal.run.TaskMeter;
import org.etcdmirror.core.internal.snapshot.ChunkedSnapshot;
import org.etcdmirror.core.internal.snapshot.CountedSnapshot;
import org.etcdmirror.core.internal.unsupported.EntryRules;
import org.etcdmirror.core.internal.unsupported.SnapshotFilter;
import org.jspecify.annotations.Nullable;

/**
 * One walk over all of both sides. What it finds is final if nothing happened in the source until
 * the sink was read, or if the sink does not come to where the source was; else, or if a side had
 * to be read at several indexes, each key is to be looked at again. Memory is bounded: of very many
 * keys the first are remembered and the others counted.
 */
final class FullScan {

  /**
   * The differences that a scan found.
   *
   * @param head the source that was compared
   * @param behind how many events the sink lacked of it
   * @param isFinal whether what was found is so
   * @param findings all that differs
   * @param remembered the first of that
   * @param sourceEntries values and directories that the source holds in the scope
   * @param unsupported how many of those the sink cannot hold
   */
  record Outcome(
      SourceHead head,
      long behind,
      boolean isFinal,
      Findings findings,
      List<ObservedDifference> remembered,
      long sourceEntries,
      long unsupported) {

    /** The number of differences that are not remembered. */
    long rest() {
      return findings.total() - remembered.size();
    }
  }

  private final ComparedSides sides;
  private final EntryRules rules;
  private final SinkProgress level;
  private final int mostRemembered;
  private final TaskMeter meter;
  private final Comparator<Bytes> order;

  FullScan(
      ComparedSides sides,
      EntryRules rules,
      SinkProgress level,
      int mostRemembered,
      TaskMeter meter) {
    this.meter = meter;
    this.sides = sides;
    this.rules = rules;
    this.level = level;
    this.mostRemembered = mostRemembered;
    this.order = sides.mapper().targetOrder();
  }

  /**
   * Does it.
   *
   * @param after keys up to this one, by their names in the sink, are passed over; null for none
   */
  Outcome walk(@Nullable Bytes after)
      throws IOException, InterruptedException, Retry.StoppedException {
    SnapshotFilter filter = new SnapshotFilter(rules);
    Findings findings = new Findings();
    List<ObservedDifference> remembered = new ArrayList<>();
    meter.begins(Step.COMPARE, 0, System.nanoTime());
    try (Snapshot from = ChunkedSnapshot.of(new CountedSnapshot(sides.ofSource(), meter))) {
      SourceHead head = from.head();
      long behind = level.behind(head);
      try (Snapshot to = ChunkedSnapshot.of(sides.ofSink())) {
        SourceHead sinkHead = to.head();
        boolean isFinal = behind > 0 || sides.head().equals(head);
        Diff diff =
            sides.walk(
                from,
                to,
                filter,
                observed -> {
                  Difference difference = observed.difference();
                  if (after == null || order.compare(difference.key(), after) > 0) {
                    findings.add(difference);
                    if (remembered.size() < mostRemembered) {
                      remembered.add(observed);
                    }
                  }
                });
        boolean inOne = from.head().equals(head) && to.head().equals(sinkHead);
        return new Outcome(
            head,
            behind,
            isFinal && inOne,
            findings,
            remembered,
            diff.sourceEntries(),
            filter.refused());
      }
    }
  }
}
