package org.etcdmirror.core.internal.identity;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.SourceHead;

/**
 * Whether a sink and a source with the same cluster id are one cluster. An equal id does not tell:
 * etcd makes it of the addresses and the token that a cluster began with, so that all clusters of
 * one member with default settings have the same. The indexes tell, without further rights: of one
 * cluster, an index that is read between two others lies between them.
 */
public final class ClusterProof {

  /**
   * The number of times the sink's index is moved before a source that follows counts as the same
   * cluster.
   */
  private static final int MOVES = 4;

  /** A random number of writes each time, so that another cluster does not keep step by chance. */
  private static final int MOST_WRITES = 3;

  public enum Verdict {
    SAME,
    DIFFERENT,
    UNDECIDED
  }

  /**
   * The result.
   *
   * @param numbers by which indexes, for messages
   */
  public record Finding(Verdict verdict, String numbers) {}

  /** Changes something in the sink's cluster, which moves its index. */
  @FunctionalInterface
  public interface Move {
    void write() throws IOException, InterruptedException;
  }

  /** The read heads: the sink's, the source's, and the sink's again. */
  private record Look(SourceHead before, SourceHead source, SourceHead after) {

    boolean isOfOther() {
      return !source.clusterId().equals(before.clusterId())
          || !source.clusterId().equals(after.clusterId())
          || source.index() < before.index()
          || source.index() > after.index();
    }

    Finding as(Verdict verdict) {
      return new Finding(
          verdict,
          "sink index %d, then source index %d, then sink index %d"
              .formatted(before.index(), source.index(), after.index()));
    }
  }

  private final SinkCluster sink;
  private final EventSource source;
  private final Selection selection;

  /**
   * A proof; nothing is read yet.
   *
   * @param source of the same {@link org.etcdmirror.api.KeyModel} as the sink
   * @param selection what may be read of the source
   */
  public ClusterProof(SinkCluster sink, EventSource source, Selection selection) {
    this.sink = sink;
    this.source = source;
    this.selection = selection;
  }

  /** By reading alone, which never proves that they are the same. */
  public Finding read() throws IOException, InterruptedException {
    Look look = look();
    return look.as(look.isOfOther() ? Verdict.DIFFERENT : Verdict.UNDECIDED);
  }

  /**
   * By reading, and where that does not tell, by moving the sink's index: a source that does not
   * follow is another cluster, one that follows each time is the same. Undecided if the writes do
   * not move the index.
   */
  public Finding decide(Move move) throws IOException, InterruptedException {
    Look look = look();
    for (int i = 0; i < MOVES && !look.isOfOther(); i++) {
      long known = look.after().index();
      int writes = 1 + ThreadLocalRandom.current().nextInt(MOST_WRITES);
      for (int n = 0; n < writes; n++) {
        move.write();
      }
      look = look();
      if (!look.isOfOther() && look.before().index() <= known) {
        return look.as(Verdict.UNDECIDED);
      }
    }
    return look.as(look.isOfOther() ? Verdict.DIFFERENT : Verdict.SAME);
  }

  private Look look() throws IOException, InterruptedException {
    return new Look(sink.head(), source.head(selection), sink.head());
  }
}
