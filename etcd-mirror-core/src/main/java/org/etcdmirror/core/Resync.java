package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the sink level with a snapshot of the source by writing what differs. Nothing is deleted
 * before everything else is written and the number of deletes is known to be allowed. Whatever goes
 * wrong, doing it again from the start is right.
 */
final class Resync {

  private static final Logger log = LoggerFactory.getLogger(Resync.class);

  /**
   * What a resync reached.
   *
   * @param head the index that the sink is level with
   * @param readNanos when the source was at it, by {@link System#nanoTime()}
   * @param report what was done
   */
  record Outcome(SourceHead head, long readNanos, ResyncReport report) {}

  /** Makes a batch durable. */
  @FunctionalInterface
  interface Writer {
    void write(EventBatch batch) throws IOException, InterruptedException;
  }

  private final EventSource source;
  private final EventSink sink;
  private final KeyMapper mapper;
  private final boolean expiries;
  private final DeleteLimit limit;
  private final int maxExtras;
  private final Shutdown shutdown;
  private final Writer writer;

  Resync(Parts parts, Writer writer) {
    this.source = parts.source();
    this.sink = parts.sink();
    this.mapper = parts.mapper();
    this.expiries = parts.copiesExpiry();
    this.limit = parts.deleteLimit();
    this.maxExtras = parts.maxDeletesHeld();
    this.shutdown = parts.shutdown();
    this.writer = writer;
  }

  /**
   * Does it.
   *
   * @param notBefore the snapshot must not be older than this index
   * @throws OtherHistoryException if the source is another cluster or older than that
   * @throws DeleteLimitException if it would delete too much, also when looked at twice
   * @throws Retry.StoppedException if the mirror is to end
   */
  Outcome run(Gap gap, String clusterId, long notBefore)
      throws IOException, InterruptedException, Retry.StoppedException {
    long began = System.nanoTime();
    long written = 0;
    long deleted = 0;
    boolean doubted = false;
    while (true) {
      long readNanos = System.nanoTime();
      ResyncPass pass = new ResyncPass(mapper, writer, maxExtras, shutdown);
      SourceHead head = walk(pass, clusterId, notBefore);
      boolean done = false;
      if (!pass.isRefusedBy(limit)) {
        done = pass.delete();
      } else if (doubted) {
        throw new DeleteLimitException(pass.refusal(limit));
      } else {
        log.warn("{}; looking once more before giving up", pass.refusal(limit));
        doubted = true;
      }
      written += pass.written();
      deleted += pass.deleted();
      if (done) {
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        ResyncReport report =
            new ResyncReport(gap, head.index(), pass.sourceEntries(), written, deleted, took);
        return new Outcome(head, readNanos, report);
      }
    }
  }

  private SourceHead walk(ResyncPass pass, String clusterId, long notBefore)
      throws IOException, InterruptedException, Retry.StoppedException {
    try (Snapshot from = source.snapshot(new Selection(mapper.sourcePrefixes(), expiries))) {
      SourceHead head = from.head();
      if (!head.clusterId().equals(clusterId) || head.index() < notBefore) {
        throw new OtherHistoryException(
            "the snapshot is of cluster %s at index %d, the stream of %s at %d"
                .formatted(head.clusterId(), head.index(), clusterId, notBefore));
      }
      if (sink instanceof ReadableSink readable) {
        try (Snapshot to = readable.snapshot(new Selection(mapper.targetPrefixes(), expiries))) {
          pass.walk(from, to);
        }
      } else {
        pass.walk(from, null);
      }
      return head;
    }
  }
}
