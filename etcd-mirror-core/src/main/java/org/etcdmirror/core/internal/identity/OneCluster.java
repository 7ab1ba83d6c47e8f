package org.etcdmirror.core.internal.identity;

import static org.etcdmirror.api.KeyModel.PATHS;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.identity.ClusterProof.Finding;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.Sides;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the keys of a link that would meet if its source and its sink were one cluster. */
public final class OneCluster {

  private static final Logger log = LoggerFactory.getLogger(OneCluster.class);

  private final String link;
  private final EventSource source;
  private final EventSink sink;
  private final List<MirrorScope.Rule> rules;
  private final Selection selection;

  /** The key model by which prefixes are understood on both sides of this link. */
  private final KeyModel model;

  public OneCluster(String link, Sides sides) {
    this.link = link;
    this.source = sides.source();
    this.sink = sides.sink();
    this.rules = sides.mapper().rules();
    this.selection = sides.mapper().selection();
    this.model = source.keyModel() == PATHS || sink.keyModel() == PATHS ? PATHS : KeyModel.BYTES;
  }

  /** Whether one of two prefixes covers the other. */
  public boolean overlap(Bytes one, Bytes other) {
    return model.covers(one, other) || model.covers(other, one);
  }

  /**
   * Whether both sides may be one keyspace, as far as their names tell. The v2 and the v3 keys of
   * one cluster have nothing in common, and their indexes neither.
   */
  public boolean isPossible(String sourceCluster, String sinkCluster) {
    return sinkCluster.equals(sourceCluster) && source.keyModel() == sink.keyModel();
  }

  public ClusterProof proof(SinkCluster cluster) {
    return new ClusterProof(cluster, source, selection);
  }

  /** The conflict in a single keyspace; null if there is none. */
  @Nullable
  public String conflict() {
    for (MirrorScope.Rule into : rules) {
      for (MirrorScope.Rule from : rules) {
        if (overlap(into.target(), from.source())) {
          return "the target prefix '%s' overlaps the source prefix '%s'"
              .formatted(into.target(), from.source());
        }
      }
    }
    return null;
  }

  /** A key of the sink's own that the source would show as data in one keyspace; null for none. */
  @Nullable
  public Bytes shownCheckpoint() {
    return sink.ownKeys().stream()
        .filter(key -> rules.stream().anyMatch(rule -> model.covers(rule.source(), key)))
        .findFirst()
        .orElse(null);
  }

  public LoopException refused(String cluster, String conflict, Finding found) {
    return new LoopException(
        "loop: link '%s' would mirror its own writes: source and sink are the same cluster %s, because the index of the source follows that of the sink (%s), and %s"
            .formatted(link, cluster, found.numbers(), conflict));
  }

  public LoopException undecided(String cluster, String conflict, Finding found) {
    return new LoopException(
        "possible loop: link '%s' may mirror its own writes: source and sink have the same cluster id %s, their indexes do not show whether they are one cluster (%s), and %s; if they are two clusters, write any key to one of them and start again, or give one of them another --initial-cluster-token"
            .formatted(link, cluster, found.numbers(), conflict));
  }

  /** Logs for a command that does not write that only a write would decide. */
  public void warnIfUndecided(String what) throws IOException, InterruptedException {
    SinkCluster cluster = sink.cluster();
    String conflict = conflict();
    if (cluster == null || conflict == null) {
      return;
    }
    String id = cluster.head().clusterId();
    if (isPossible(source.head(selection).clusterId(), id)) {
      Finding found = proof(cluster).read();
      if (found.verdict() != ClusterProof.Verdict.DIFFERENT) {
        log.warn(
            LogEvent.CLUSTERS_UNKNOWN.marker(),
            "[link={}] {}: unknown whether source and sink are the same cluster {}: {}; {} does not write to find out; {}; a start finds out, and is refused if they are the same",
            link,
            what,
            id,
            found.numbers(),
            what,
            conflict);
      }
    }
  }
}
