package org.etcdmirror.core;

import static org.etcdmirror.api.KeyModel.PATHS;

import java.io.IOException;
import java.util.Arrays;
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
  private final List<Bytes> sources;
  private final List<Bytes> targets;

  /** What a prefix covers, on both sides of this link. */
  private final KeyModel model;

  /** The source cluster that was found to be no loop. */
  private @Nullable String passed;

  LoopGuard(Parts parts) {
    this.link = parts.link();
    this.source = parts.source();
    this.sink = parts.sink();
    this.sources = parts.mapper().sourcePrefixes();
    this.targets = parts.mapper().targetPrefixes();
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
        refuseOneKeyspace(sinkCluster);
      }
      for (StoredLink other : source.storedLinks()) {
        refuseInverse(other, sourceCluster, sinkCluster, own);
      }
    }
    passed = sourceCluster;
  }

  /** The v2 and the v3 keys of one cluster have nothing in common. */
  private void refuseOneKeyspace(String cluster) {
    if (source.keyModel() != sink.keyModel()) {
      return;
    }
    for (Bytes target : targets) {
      for (Bytes from : sources) {
        if (overlap(target, from)) {
          throw new LoopException(
              ("%s would mirror what it writes: source and sink are the same cluster %s, and the"
                      + " target prefix '%s' overlaps the source prefix '%s'")
                  .formatted(link, cluster, target, from));
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
    MirrorScope scope = LinkScopes.scopeOf(theirs);
    if (scope == null || bringsBack(scope)) {
      throw new LoopException(
          ("%s (%s -> %s, from cluster %s to %s) would be told of its own writes by an inverse link"
                  + " (%s, from cluster %s to %s), whose checkpoint is the key '%s' in the source."
                  + " End that link by a cut-over; or, if its mirror is gone, delete that key")
              .formatted(
                  link,
                  text(sources),
                  text(targets),
                  sourceCluster,
                  sinkCluster,
                  scope == null ? "of unknown prefixes" : scope,
                  sinkCluster,
                  sourceCluster,
                  other.key()));
    }
  }

  /** In a copy inside one cluster, the link's own checkpoint is among those of its source. */
  private static boolean isSame(Checkpoint own, Checkpoint theirs) {
    return own.index() == theirs.index()
        && Objects.equals(own.clusterId(), theirs.clusterId())
        && Objects.equals(own.scope(), theirs.scope());
  }

  /** Whether the other link takes up something that this one writes, and brings it back to it. */
  private boolean bringsBack(MirrorScope other) {
    return other.rules().stream()
        .anyMatch(
            rule ->
                targets.stream().anyMatch(target -> overlap(target, rule.source()))
                    && sources.stream().anyMatch(from -> overlap(from, rule.target())));
  }

  private boolean overlap(Bytes one, Bytes other) {
    Bytes a = named(one);
    Bytes b = named(other);
    return model.covers(a, b) || model.covers(b, a);
  }

  /** As a path, a prefix is the same with and without a slash at its end. */
  private Bytes named(Bytes prefix) {
    int size = prefix.size();
    while (model == PATHS && size > 1 && prefix.at(size - 1) == (byte) '/') {
      size--;
    }
    return Bytes.of(Arrays.copyOf(prefix.toByteArray(), size));
  }

  private static String text(List<Bytes> prefixes) {
    return String.join(",", prefixes.stream().map(Bytes::toString).toList());
  }
}
