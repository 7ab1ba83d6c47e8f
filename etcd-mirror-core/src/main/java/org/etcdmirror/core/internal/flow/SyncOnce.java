package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.GapException;
import org.etcdmirror.core.RecoveryPolicy.Decision;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.cutover.LoopGuard;
import org.etcdmirror.core.internal.gap.GapCloser;
import org.etcdmirror.core.internal.gap.GapDecision;
import org.etcdmirror.core.internal.gap.GapFinder;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.StateMachine;
import org.jspecify.annotations.Nullable;

/**
 * A run that ends by itself: does what the policy says about the gaps that a start would find, and
 * compares where there is none. Used by one thread.
 */
final class SyncOnce {

  private final EventSource source;
  private final Selection selection;
  private final CheckpointKeeper keeper;
  private final LoopGuard loopGuard;
  private final GapCloser closer;
  private final Retry retry;
  private final StateMachine states;
  private final Progress progress;
  private final Doubts doubts;
  private final GapDecision decision;
  private final GapFinder finder;

  SyncOnce(
      Settings settings,
      MirrorRuntime runtime,
      CheckpointKeeper keeper,
      LoopGuard loopGuard,
      GapCloser closer,
      Retry retry) {
    this.source = runtime.sides().source();
    this.selection = runtime.sides().mapper().selection();
    this.keeper = keeper;
    this.loopGuard = loopGuard;
    this.closer = closer;
    this.retry = retry;
    this.states = runtime.states();
    this.progress = runtime.progress();
    this.doubts = runtime.doubts();
    this.decision = new GapDecision(settings.policy(), runtime.gaps());
    this.finder = new GapFinder(settings, runtime);
  }

  /**
   * Runs, after the checkpoint was loaded.
   *
   * @throws GapException if the policy is to stop; no data was written then
   */
  ResyncReport run() throws InterruptedException, Retry.StoppedException {
    while (true) {
      SourceHead head = retry.call(() -> source.head(selection), states::sinkFailing);
      progress.sourceAt(head.index());
      List<Gap> found = retry.call(() -> find(head), states::sinkFailing);
      found.forEach(doubts::add);
      retry.run(() -> loopGuard.check(head.clusterId(), keeper.current()), states::sinkFailing);
      ResyncReport report = recover(head, found);
      // What turned out meanwhile, as that the sink was rolled back, is compared as well.
      if (report != null && doubts.isEmpty()) {
        progress.sourceSeen(report.index());
        progress.confirmed();
        return report;
      }
    }
  }

  private @Nullable ResyncReport recover(SourceHead head, List<Gap> found)
      throws InterruptedException, Retry.StoppedException {
    states.sourceConnected();
    long number = doubts.answer();
    // Before the policy is asked, which may fail.
    closer.storeDoubts(head.clusterId());
    Decision decided = decision.of(found);
    Gap last = found.get(found.size() - 1);
    if (decided == Decision.SKIP_GAP) {
      closer.skip(new Work.Skip(last, head.clusterId(), head.index(), number));
      return new ResyncReport(last, head.index(), 0, 0, 0, Duration.ZERO);
    }
    Gap gravest = doubts.gravest().orElseThrow();
    Work.Recovery all = new Work.Resync(last, head.clusterId(), head.index(), number, false);
    return closer.resync(closer.job(all, gravest));
  }

  /** Never empty: where a start finds nothing, the comparison is wanted all the same. */
  private List<Gap> find(SourceHead head) throws IOException, InterruptedException {
    Checkpoint stored = keeper.current();
    List<Gap> found = finder.atStart(stored, head);
    long from = stored == null ? 0 : stored.index();
    return found.isEmpty() ? List.of(new Gap(Gap.Reason.FORCED, from, 0, head.index())) : found;
  }
}
