package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.cutover.CutoverCommit;
import org.etcdmirror.core.internal.gap.GapDecision;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.SinkOpening;

/**
 * The first thing that a run does: it loads the checkpoint, learns why the sink may not be level,
 * refuses a link that has ended or that the policy stops, opens the sink and takes the fence. What
 * is refused writes nothing, so a start by mistake leaves the mirror at work alone. Used by the
 * applier's thread alone.
 */
final class Loading {

  /** So many late writes of a former process are waited out; then it is a mirror at work. */
  private static final int MOST_FENCED = 10;

  private final CheckpointKeeper keeper;
  private final SinkOpening opening;
  private final CutoverCommit cutoverCommit;
  private final Doubts doubts;
  private final GapDecision decision;
  private int fenced;

  Loading(
      CheckpointKeeper keeper,
      SinkOpening opening,
      CutoverCommit cutoverCommit,
      Doubts doubts,
      GapDecision decision) {
    this.keeper = keeper;
    this.opening = opening;
    this.cutoverCommit = cutoverCommit;
    this.doubts = doubts;
    this.decision = decision;
  }

  /** Loads the stored checkpoint; empty if there is none. */
  Optional<Checkpoint> load() throws IOException, InterruptedException {
    Optional<Checkpoint> loaded = keeper.load();
    cutoverCommit.loaded(loaded.orElse(null));
    decision.stopIfRefused(doubts.unanswered());
    opening.open(keeper.notes().formerEntries().prefixes());
    try {
      keeper.claim();
    } catch (FencedException e) {
      if (++fenced >= MOST_FENCED) {
        throw e;
      }
      throw new IOException("checkpoint changed while the mirror started: " + e.getMessage(), e);
    }
    return loaded;
  }
}
