package org.etcdmirror.core.internal.cutover;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.CutoverException;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.CheckpointScope;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Sides;
import org.jspecify.annotations.Nullable;

/** The way back of a cut-over: a checkpoint from which the inverse link begins without a copy. */
public final class ReverseLink {

  private final String link;
  private final IndexStore store;
  private final CheckpointScope scope;
  private final KeyMapper mapper;

  /** The former sink is the source of the way back, with what the former link remembers in it. */
  private final List<Bytes> hidden;

  /**
   * Binds it.
   *
   * @throws IllegalArgumentException if the mirror's scope has no inverse
   */
  public ReverseLink(Settings settings, Sides sides, IndexStore store) {
    this.link = settings.link();
    this.store = store;
    this.hidden = sides.sink().ownKeys();
    ExpiryPolicy expiry = settings.expiry();
    MirrorScope inverse = settings.scope().inverse();
    this.scope = new CheckpointScope(inverse.fingerprint(expiry), false);
    this.mapper =
        new KeyMapper(inverse, sides.sink().keyModel(), sides.source().keyModel(), expiry);
  }

  /**
   * Checks before the cut-over that the store can be read and is free.
   *
   * @throws CutoverException if a link from this cluster is there that has come to its newest index
   */
  public void refuseIfUsed(SourceHead target) throws IOException, InterruptedException {
    Checkpoint stored = store.load().orElse(null);
    if (stored != null && isFrom(target.clusterId(), stored) && stored.index() > target.index()) {
      throw new CutoverException(
          "%s: cut-over refused: the reverse link's index store already holds index %d of cluster %s, which is at index %d; delete that checkpoint or name another store"
              .formatted(link, stored.index(), target.clusterId(), target.index()));
    }
  }

  /** Stores where the reverse link begins, unless it has gone on from there already. */
  public void arm(CutoverMark mark) throws IOException, InterruptedException {
    Checkpoint stored = store.load().orElse(null);
    if (!isArmed(stored, mark)) {
      store.save(
          new Checkpoint(
              mark.targetIndex(),
              mark.targetCluster(),
              scope.fingerprint(),
              Instant.now(),
              0,
              CheckpointNotes.of(mapper, hidden)));
    }
  }

  /**
   * A mark at the same index is left from the round before, in which nothing was written since. One
   * at a later index is of this round: the way back has been taken, and must not be taken back.
   */
  private boolean isArmed(@Nullable Checkpoint stored, CutoverMark mark) {
    if (stored == null
        || !isFrom(mark.targetCluster(), stored)
        || scope.isChanged(stored.scope())) {
      return false;
    }
    boolean ended = CutoverMark.isIn(stored);
    if (ended && stored.index() > mark.targetIndex()) {
      throw new PermanentException(
          "%s and its reverse link were both cut over: index %d; repeat the cut-over of the reverse link"
              .formatted(link, stored.index()));
    }
    return !ended && stored.index() >= mark.targetIndex();
  }

  private static boolean isFrom(String cluster, Checkpoint stored) {
    return cluster.equals(stored.clusterId());
  }
}
