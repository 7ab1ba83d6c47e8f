package org.etcdmirror.core.internal.cutover;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.checkpoint.AnchorNote;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.CheckpointScope;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.etcdmirror.core.internal.checkpoint.ForeignLinks;
import org.etcdmirror.core.internal.identity.ClusterProof.Finding;
import org.etcdmirror.core.internal.identity.OneCluster;
import org.etcdmirror.core.internal.keys.KeyMapper;
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
  private final InspectableSource source;
  private final EventSink sink;
  private final CheckpointNotes notes;
  private final CheckpointKeeper keeper;
  private final CheckpointScope scope;
  private final List<MirrorScope.Rule> rules;
  private final OneCluster one;

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
    this.source = sides.source();
    this.sink = sides.sink();
    this.scope = CheckpointScope.of(settings);
    this.rules = sides.mapper().rules();
    this.one = new OneCluster(link, sides);
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
      for (StoredLink other : source.storedLinks()) {
        refuseInverse(other, sourceCluster, sinkCluster, cluster, own);
      }
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

  private void refuseInverse(
      StoredLink other,
      String sourceCluster,
      String sinkCluster,
      SinkCluster cluster,
      @Nullable Checkpoint own)
      throws IOException, InterruptedException {
    Checkpoint theirs = other.checkpoint();
    if (!sinkCluster.equals(theirs.clusterId()) || (own != null && isSame(own, theirs))) {
      return;
    }
    if (sinkCluster.equals(sourceCluster) && isForeign(other, cluster)) {
      log.debug(
          "[link={}] the checkpoint is from another cluster with the same id: key={} id={}",
          link,
          other.key(),
          sinkCluster);
      return;
    }
    if (CutoverMark.isIn(theirs)) {
      log.debug("[link={}] the reverse link was cut over: key={}", link, other.key());
      return;
    }
    List<KeyMapper> scopes = scopes(other);
    if (scopes.isEmpty() || scopes.stream().anyMatch(this::returnsOwnWrites)) {
      throw new LoopException(
          "loop: link '%s' (%s, from cluster %s to %s) would receive its own writes through a reverse link (%s, from cluster %s to %s) with the checkpoint key '%s' in the source; cut that link over, or delete that key if its mirror no longer exists"
              .formatted(
                  link,
                  text(rules),
                  sourceCluster,
                  sinkCluster,
                  scopes.isEmpty()
                      ? "unknown prefixes"
                      : String.join(" and ", scopes.stream().map(s -> text(s.rules())).toList()),
                  sinkCluster,
                  sourceCluster,
                  other.key()));
    }
  }

  private boolean isForeign(StoredLink other, SinkCluster cluster)
      throws IOException, InterruptedException {
    ForeignLinks known = notes.foreignLinks();
    if (known.contains(other)) {
      return true;
    }
    boolean isForeign = isOfOtherHistory(other.checkpoint(), cluster);
    if (isForeign) {
      known.add(other);
    }
    return isForeign;
  }

  /**
   * Where all clusters have one id, a link into the source is from the sink, or from a third one:
   * its index, or the anchor that it took, may be of no history that the sink's cluster has.
   */
  private static boolean isOfOtherHistory(Checkpoint theirs, SinkCluster cluster)
      throws IOException, InterruptedException {
    if (theirs.index() > cluster.head().index()) {
      return true;
    }
    Anchor anchor = AnchorNote.newest(theirs);
    return anchor != null && cluster.check(anchor) == Anchor.Check.BROKEN;
  }

  /** The scopes of a link; empty if its checkpoint does not name them. */
  private List<KeyMapper> scopes(StoredLink other) {
    try {
      return CheckpointNotes.scopes(other.checkpoint());
    } catch (IllegalArgumentException e) {
      log.warn(
          "[link={}] the scope in another link's checkpoint is unreadable: key={}: {}",
          link,
          other.key(),
          e.getMessage());
      return List.of();
    }
  }

  /** In a copy inside one cluster, the link's own checkpoint is among those of its source. */
  private static boolean isSame(Checkpoint own, Checkpoint theirs) {
    return own.index() == theirs.index()
        && Objects.equals(own.clusterId(), theirs.clusterId())
        && Objects.equals(own.scope(), theirs.scope());
  }

  /** Whether the other link takes up something that this one writes, and brings it back to it. */
  private boolean returnsOwnWrites(KeyMapper other) {
    // One that reads or writes the other of the two keyspaces of a cluster does not.
    return other.sourceModel() == sink.keyModel()
        && other.sinkModel() == source.keyModel()
        && other.rules().stream()
            .anyMatch(theirs ->
                rules.stream().anyMatch(ours -> one.overlap(ours.target(), theirs.source()))
                    && rules.stream()
                        .anyMatch(ours -> one.overlap(ours.source(), theirs.target())));
  }

  private static String text(List<MirrorScope.Rule> rules) {
    return String.join(
        ",", rules.stream().map(rule -> rule.source() + " -> " + rule.target()).toList());
  }
}
