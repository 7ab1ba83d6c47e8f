package org.etcdmirror.core.internal.cutover;

import java.io.IOException;
import java.time.Instant;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.CheckpointScope;
import org.etcdmirror.core.internal.identity.ClusterProof.Finding;
import org.etcdmirror.core.internal.identity.OneCluster;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Sides;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses a mirror that would be told of its own writes: where source and sink are one keyspace, or
 * where another mirror brings back what this one writes. Asked before the first write, and again
 * when the source is another cluster. Used by the applier's thread alone.
 */
public final class LoopGuard {

  private static final Logger log = LoggerFactory.getLogger(LoopGuard.class);

  private final String link;
  private final EventSink sink;
  private final CheckpointNotes notes;
  private final CheckpointKeeper keeper;
  private final CheckpointScope scope;
  private final OneCluster one;
  private final InverseLinks inverse;

  /** The source cluster that was found to be no loop. */
  private @Nullable String passed;

  /** Both sides are proven to be one keyspace. */
  private boolean same;

  /**
   * A guard.
   *
   * @param keeper by which the index of the sink's cluster is moved, and whose notes are told of
   *     what the sink remembers in the source, where that is no loop
   */
  public LoopGuard(Settings settings, Sides sides, CheckpointKeeper keeper) {
    this.notes = keeper.notes();
    this.keeper = keeper;
    this.link = settings.link();
    this.sink = sides.sink();
    this.scope = CheckpointScope.of(settings);
    this.one = new OneCluster(link, sides);
    this.inverse = new InverseLinks(link, sides, one, notes.foreignLinks());
  }

  /** The source may be another one under the same cluster id. */
  public void sourceReplaced() {
    passed = null;
    notes.foreignLinks().sourceReplaced();
  }

  /** Whether both sides are proven to be one keyspace. */
  public boolean isOneCluster() {
    return same;
  }

  /**
   * Costs a few requests to each side where the answer is not known yet. Writes the link's
   * checkpoint a few times where both sides have one cluster id and their indexes do not tell.
   *
   * @param sourceCluster where what is to be written comes from
   * @param own this link's checkpoint, if there is one; if not, the reason why there is none is
   *     among the doubts
   * @throws LoopException if it is a loop, or may be one
   */
  public void check(String sourceCluster, @Nullable Checkpoint own)
      throws IOException, InterruptedException {
    if (sourceCluster.equals(passed)) {
      return;
    }
    SinkCluster cluster = sink.cluster();
    same = false;
    if (cluster != null) {
      String sinkCluster = cluster.head().clusterId();
      if (one.isPossible(sourceCluster, sinkCluster)) {
        inOneCluster(sinkCluster, cluster, own);
      }
      inverse.refuse(sourceCluster, sinkCluster, cluster, own);
    }
    keeper.inOneCluster(same);
    passed = sourceCluster;
  }

  private void inOneCluster(String id, SinkCluster cluster, @Nullable Checkpoint own)
      throws IOException, InterruptedException {
    Finding found = one.proof(cluster).decide(() -> move(own));
    String conflict = one.conflict();
    switch (found.verdict()) {
      case SAME -> {
        if (conflict != null) {
          throw one.refused(id, conflict, found);
        }
        same = true;
        // The checkpoint may be among what is read: each write of it would bring the next one.
        notes.hide(sink.ownKeys());
      }
      case UNDECIDED -> {
        Bytes shown = one.shownCheckpoint();
        if (conflict != null || shown != null) {
          throw one.undecided(
              id,
              conflict != null
                  ? conflict
                  : "the scope covers the checkpoint key '%s'".formatted(shown),
              found);
        }
      }
      case DIFFERENT ->
          log.info(
              LogEvent.CLUSTERS_SHARE_ID.marker(),
              "[link={}] source and sink are two clusters with the same id: id={} ({})",
              link,
              id,
              found.numbers());
    }
  }

  /**
   * The checkpoint of a first run names no cluster until a loop is ruled out. A refused run then
   * leaves nothing behind that looks like a reverse link.
   */
  private void move(@Nullable Checkpoint own) throws IOException, InterruptedException {
    Checkpoint first = new Checkpoint(0, null, scope.fingerprint(), Instant.now());
    keeper.rewrite(own == null ? first : own);
  }
}
