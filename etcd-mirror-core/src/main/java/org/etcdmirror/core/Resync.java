package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the sink level with a snapshot of the source by writing what differs. Nothing is deleted
 * before everything else is written and the number of deletes is known to be allowed. Whatever goes
 * wrong, doing it again from the start is right.
 */
final class Resync {

  private static final Logger log = LoggerFactory.getLogger(Resync.class);

  /** How many are named in one failure. */
  private static final int MOST_REFUSALS = 10_000;

  /**
   * What a resync reached.
   *
   * @param head the index that the sink is level with
   * @param readNanos when the source was at it, by {@link System#nanoTime()}
   * @param report what was done
   * @param newest the newest puts that the source holds
   */
  record Outcome(
      SourceHead head, long readNanos, ResyncReport report, List<Anchors.Standing> newest) {}

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
  private final EntryCheck check;
  private final Writer writer;

  Resync(Parts parts, EntryCheck check, Writer writer) {
    this.source = parts.source();
    this.sink = parts.sink();
    this.mapper = parts.mapper();
    this.expiries = parts.copiesExpiry();
    this.limit = parts.deleteLimit();
    this.maxExtras = parts.maxDeletesHeld();
    this.shutdown = parts.shutdown();
    this.check = check;
    this.writer = writer;
  }

  /**
   * Does it.
   *
   * @param leftovers what former scopes left in the sink
   * @param notBefore the snapshot must not be older than this index
   * @throws OtherHistoryException if the source is another cluster or older than that
   * @throws UnsupportedEntryException if the source holds what the sink cannot, and nothing may be
   *     left out; unless it came meanwhile, nothing was written then
   * @throws DeleteLimitException if it would delete too much, also when looked at twice
   * @throws Retry.StoppedException if the mirror is to end
   */
  Outcome run(Gap gap, Leftovers leftovers, String clusterId, long notBefore)
      throws IOException, InterruptedException, Retry.StoppedException {
    long began = System.nanoTime();
    long written = 0;
    long deleted = 0;
    boolean doubted = false;
    if (check.isNeeded() && !check.skips()) {
      refuseUnsupported(clusterId, notBefore);
    }
    while (true) {
      long readNanos = System.nanoTime();
      ResyncPass pass = new ResyncPass(mapper, leftovers, check, writer, maxExtras, shutdown);
      SourceHead head = walk(pass, leftovers, clusterId, notBefore);
      boolean done = false;
      if (!pass.isRefusedBy(limit)) {
        done = pass.delete() && !pass.mayHoldMore();
      } else if (doubted) {
        throw new DeleteLimitException(pass.refusal(limit));
      } else {
        log.warn("{}; looking once more before giving up", pass.refusal(limit));
        doubted = true;
      }
      written += pass.written();
      deleted += pass.deleted();
      if (done) {
        pass.finish();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        ResyncReport report =
            new ResyncReport(gap, head.index(), pass.sourceEntries(), written, deleted, took);
        return new Outcome(head, readNanos, report, pass.newest());
      }
    }
  }

  /** Reads the source once more than would be needed, so that nothing is written in vain. */
  private void refuseUnsupported(String clusterId, long notBefore)
      throws IOException, InterruptedException, Retry.StoppedException {
    List<Refusal> refusals = new ArrayList<>();
    SnapshotFilter filter = new SnapshotFilter(check);
    try (Snapshot from = new MappedSnapshot(open(clusterId, notBefore), mapper)) {
      for (Entry entry = from.next();
          entry != null && refusals.size() < MOST_REFUSALS;
          entry = from.next()) {
        if (shutdown.hasBegun()) {
          throw new Retry.StoppedException();
        }
        Refusal refusal = filter.refusal(entry);
        if (refusal != null) {
          check.tell(refusal);
          refusals.add(refusal);
        }
      }
    }
    if (!refusals.isEmpty()) {
      throw new UnsupportedEntryException(refusals);
    }
  }

  private Snapshot open(String clusterId, long notBefore) throws IOException, InterruptedException {
    Snapshot from = source.snapshot(new Selection(mapper.sourcePrefixes(), expiries));
    SourceHead head = from.head();
    if (!head.clusterId().equals(clusterId) || head.index() < notBefore) {
      from.close();
      throw new OtherHistoryException(
          "the snapshot is of cluster %s at index %d, the stream of %s at %d"
              .formatted(head.clusterId(), head.index(), clusterId, notBefore));
    }
    return from;
  }

  private SourceHead walk(ResyncPass pass, Leftovers leftovers, String clusterId, long notBefore)
      throws IOException, InterruptedException, Retry.StoppedException {
    try (Snapshot from = open(clusterId, notBefore)) {
      if (sink instanceof ReadableSink readable) {
        try (Snapshot to = leftovers.snapshot(readable, expiries)) {
          pass.walk(from, to);
        }
      } else {
        pass.walk(from, null);
      }
      return from.head();
    }
  }
}
