package org.etcdmirror.core.internal.cutover;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.checkpoint.AnchorNote;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.etcdmirror.core.internal.checkpoint.ForeignLinks;
import org.etcdmirror.core.internal.identity.OneCluster;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.Sides;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds a mirror that brings back what this one writes, by the checkpoints in the source. */
final class InverseLinks {

  private static final Logger log = LoggerFactory.getLogger(InverseLinks.class);

  private final String link;
  private final InspectableSource source;
  private final EventSink sink;
  private final List<MirrorScope.Rule> rules;
  private final OneCluster one;
  private final ForeignLinks known;

  /**
   * Inverse links of one link.
   *
   * @param known is told of links that are proven to come from a third cluster
   */
  InverseLinks(String link, Sides sides, OneCluster one, ForeignLinks known) {
    this.link = link;
    this.source = sides.source();
    this.sink = sides.sink();
    this.rules = sides.mapper().rules();
    this.one = one;
    this.known = known;
  }

  /**
   * Refuses a reverse link. Only reads.
   *
   * @param own this link's checkpoint, if there is one
   * @throws LoopException if there is a reverse link
   */
  void refuse(
      String sourceCluster, String sinkCluster, SinkCluster cluster, @Nullable Checkpoint own)
      throws IOException, InterruptedException {
    for (StoredLink other : source.storedLinks()) {
      refuse(other, sourceCluster, sinkCluster, cluster, own);
    }
  }

  private void refuse(
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
          LogEvent.NOTE_UNREADABLE.marker(),
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
