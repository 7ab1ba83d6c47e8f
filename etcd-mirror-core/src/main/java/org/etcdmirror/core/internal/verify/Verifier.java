package org.etcdmirror.core.internal.verify;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.SinkProgress;
import org.etcdmirror.core.internal.run.TaskMeter;
import org.etcdmirror.core.internal.unsupported.EntryRules;

/** Compares source and sink while others write; what it calls a difference is one. */
final class Verifier {

  /**
   * The effort.
   *
   * @param remembered how many keys of a walk are looked at again
   * @param walks if all of those turn out to be the same, another walk begins behind them
   * @param looks how long keys are looked at
   */
  record Limits(int remembered, int walks, Recheck.Limits looks) {

    /** The limit of remembered keys. Each takes some 300 bytes. */
    static final Limits DEFAULT = new Limits(10_000, 10, Recheck.Limits.DEFAULT);
  }

  private final ComparedSides sides;
  private final EntryRules rules;
  private final SinkProgress level;
  private final Limits limits;
  private final FullScan walks;

  /** The proven differences; those of one scan, because earlier scans found none. */
  private Findings findings = new Findings();

  private long unsettled;
  private long behind;

  Verifier(ComparedSides sides, SinkProgress level, Limits limits, TaskMeter meter) {
    this.sides = sides;
    this.rules = new EntryRules(sides.mapper(), sides.sink());
    this.level = level;
    this.limits = limits;
    this.walks = new FullScan(sides, rules, level, limits.remembered(), meter);
  }

  /**
   * Does it, once.
   *
   * @throws Retry.StoppedException if it is to end
   */
  VerifyReport verify() throws IOException, InterruptedException, Retry.StoppedException {
    long began = System.nanoTime();
    FullScan.Outcome first = walks.walk(null);
    FullScan.Outcome walk = first;
    settle(walk);
    for (int n = 1; walk.rest() > 0 && !walk.isFinal(); n++) {
      if (n == limits.walks() || behind > 0 || unsettled > 0 || findings.total() > 0) {
        unsettled += walk.rest();
        break;
      }
      walk = walks.walk(walk.remembered().get(walk.remembered().size() - 1).difference().key());
      settle(walk);
    }
    long ended = System.nanoTime();
    return new VerifyReport(
        Instant.now(),
        ended,
        Duration.ofNanos(ended - began),
        first.head().index(),
        first.sourceEntries(),
        findings.count(Difference.Kind.MISSING),
        findings.count(Difference.Kind.DIFFERENT),
        findings.count(Difference.Kind.EXTRA),
        unsettled,
        first.unsupported(),
        behind,
        findings.samples());
  }

  private void settle(FullScan.Outcome walk)
      throws IOException, InterruptedException, Retry.StoppedException {
    if (walk.isFinal()) {
      findings = walk.findings();
      behind = walk.behind();
      return;
    }
    Recheck rounds = new Recheck(sides, rules, level, limits.looks(), walk.remembered());
    rounds.settle();
    unsettled = rounds.unsettled();
    behind = rounds.behind();
    Comparator<Difference> order =
        Comparator.comparing(Difference::key, sides.mapper().targetOrder());
    rounds.real().stream().sorted(order).forEach(findings::add);
  }
}
