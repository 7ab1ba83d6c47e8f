package org.etcdmirror.core.internal.cutover;

import java.io.IOException;
import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.internal.checkpoint.ForeignLinks;
import org.etcdmirror.core.internal.identity.ClusterProof.Finding;
import org.etcdmirror.core.internal.identity.ClusterProof.Verdict;
import org.etcdmirror.core.internal.identity.OneCluster;
import org.etcdmirror.core.internal.run.Sides;
import org.jspecify.annotations.Nullable;

/** Foresees, by reading alone, what {@link LoopGuard} would refuse. */
public final class LoopForecast {

  private final Sides sides;
  private final OneCluster one;
  private final InverseLinks inverse;

  public LoopForecast(String link, Sides sides) {
    this.sides = sides;
    this.one = new OneCluster(link, sides);
    this.inverse = new InverseLinks(link, sides, one, new ForeignLinks());
  }

  /**
   * Returns the loop that a start would or may find; empty if there is none.
   *
   * @param own this link's checkpoint, if there is one
   */
  public Optional<LoopException> find(@Nullable Checkpoint own)
      throws IOException, InterruptedException {
    SinkCluster cluster = sides.sink().cluster();
    if (cluster == null) {
      return Optional.empty();
    }
    String sourceId = sides.source().head(sides.mapper().selection()).clusterId();
    String sinkId = cluster.head().clusterId();
    try {
      inverse.refuse(sourceId, sinkId, cluster, own);
    } catch (LoopException e) {
      return Optional.of(e);
    }
    return one.isPossible(sourceId, sinkId) ? inOneCluster(sinkId, cluster) : Optional.empty();
  }

  /** Whether two sides with one id are one cluster, only a write would decide. */
  private Optional<LoopException> inOneCluster(String id, SinkCluster cluster)
      throws IOException, InterruptedException {
    String conflict = one.conflict();
    if (conflict == null) {
      return Optional.empty();
    }
    Finding found = one.proof(cluster).read();
    return found.verdict() == Verdict.DIFFERENT
        ? Optional.empty()
        : Optional.of(one.undecided(id, conflict, found));
  }
}
