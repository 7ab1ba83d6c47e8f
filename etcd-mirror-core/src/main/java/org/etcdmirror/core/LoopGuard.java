package org.etcdmirror.core;

import static org.etcdmirror.api.KeyModel.PATHS;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.StoredLink;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses a mirror that would be told of its own writes: where source and sink are one keyspace, or
 * where another mirror brings back what this one writes. Asked before the first write, and again
 * when the source is another cluster. Used by the applier's thread alone.
 */
final class LoopGuard {

  private static final Logger log = LoggerFactory.getLogger(LoopGuard.class);

  private final String link;
  private final EventSource source;
  private final EventSink sink;
  private final CheckpointNotes notes;
  private final List<MirrorScope.Rule> rules;

  /** What a prefix covers, on both sides of this link. */
  private final KeyModel model;

  /** The source cluster that was found to be no loop. */
  private @Nullable String passed;

  /**
   * A guard.
   *
   * @param notes told of what the sink remembers in the source, where that is no loop
   */
  LoopGuard(Parts parts, CheckpointNotes notes) {
    this.notes = notes;
    this.link = parts.link();
    this.source = parts.source();
    this.sink = parts.sink();
    this.rules = parts.mapper().rules();
    this.model = source.keyModel() == PATHS || sink.keyModel() == PATHS ? PATHS : KeyModel.BYTES;
  }

  /**
   * Costs a request to each side where the answer is not known yet.
   *
   * @param sourceCluster where what is to be written comes from
   * @param own this link's checkpoint, if there is one
   * @throws LoopException if it is a loop, or may be one
   */
  void check(String sourceCluster, @Nullable Checkpoint own)
      throws IOException, InterruptedException {
    if (sourceCluster.equals(passed)) {
      return;
    }
    String sinkCluster = sink.clusterId();
    if (sinkCluster != null) {
      if (sinkCluster.equals(sourceCluster)) {
        inOneCluster(sinkCluster);
      }
      for (StoredLink other : source.storedLinks()) {
        refuseInverse(other, sourceCluster, sinkCluster, own);
      }
    }
    passed = sourceCluster;
  }

  /** The v2 and the v3 keys of one cluster have nothing in common. */
  private void inOneCluster(String cluster) {
    if (source.keyModel() == sink.keyModel()) {
      refuseOneKeyspace(cluster);
      // The checkpoint may be among what is read: each write of it would bring the next one.
      notes.hide(sink.ownKeys());
    }
  }

  private void refuseOneKeyspace(String cluster) {
    for (MirrorScope.Rule into : rules) {
      for (MirrorScope.Rule from : rules) {
        if (overlap(into.target(), from.source())) {
          throw new LoopException(
              ("%s would mirror what it writes: source and sink are the same cluster %s, and the"
                      + " target prefix '%s' overlaps the source prefix '%s'")
                  .formatted(link, cluster, into.target(), from.source()));
        }
      }
    }
  }

  private void refuseInverse(
      StoredLink other, String sourceCluster, String sinkCluster, @Nullable Checkpoint own) {
    Checkpoint theirs = other.checkpoint();
    if (!sinkCluster.equals(theirs.clusterId()) || (own != null && isSame(own, theirs))) {
      return;
    }
    if (CutoverMark.isIn(theirs)) {
      log.debug("{}: the inverse link of {} has ended", link, other.key());
      return;
    }
    List<KeyMapper> scopes = scopes(other);
    if (scopes.isEmpty() || scopes.stream().anyMatch(this::bringsBack)) {
      throw new LoopException(
          ("%s (%s, from cluster %s to %s) would be told of its own writes by an inverse link (%s,"
                  + " from cluster %s to %s), whose checkpoint is the key '%s' in the source. End"
                  + " that link by a cut-over; or, if its mirror is gone, delete that key")
              .formatted(
                  link,
                  text(rules),
                  sourceCluster,
                  sinkCluster,
                  scopes.isEmpty()
                      ? "of unknown prefixes"
                      : String.join(" and ", scopes.stream().map(s -> text(s.rules())).toList()),
                  sinkCluster,
                  sourceCluster,
                  other.key()));
    }
  }

  /** By which scopes a link was written; none if its checkpoint does not tell. */
  private List<KeyMapper> scopes(StoredLink other) {
    try {
      return CheckpointNotes.scopes(other.checkpoint());
    } catch (IllegalArgumentException e) {
      log.warn("{}: the scope in {} is not known: {}", link, other.key(), e.getMessage());
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
  private boolean bringsBack(KeyMapper other) {
    // One that reads or writes the other of the two keyspaces of a cluster does not.
    return other.sourceModel() == sink.keyModel()
        && other.sinkModel() == source.keyModel()
        && other.rules().stream()
            .anyMatch(
                theirs ->
                    rules.stream().anyMatch(ours -> overlap(ours.target(), theirs.source()))
                        && rules.stream()
                            .anyMatch(ours -> overlap(ours.source(), theirs.target())));
  }

  private boolean overlap(Bytes one, Bytes other) {
    return model.covers(one, other) || model.covers(other, one);
  }

  private static String text(List<MirrorScope.Rule> rules) {
    return String.join(
        ",", rules.stream().map(rule -> rule.source() + " -> " + rule.target()).toList());
  }
}
