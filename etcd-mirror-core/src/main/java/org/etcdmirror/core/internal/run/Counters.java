package org.etcdmirror.core.internal.run;

import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.core.MirrorStatus;

/** Counts what a mirror has done. Its threads count; any thread reads. */
public final class Counters {

  public final AtomicLong eventsApplied = new AtomicLong();
  public final AtomicLong eventsFiltered = new AtomicLong();
  public final AtomicLong eventsCoalesced = new AtomicLong();
  public final AtomicLong batches = new AtomicLong();
  final AtomicLong gaps = new AtomicLong();
  public final AtomicLong resyncs = new AtomicLong();
  public final AtomicLong keysWritten = new AtomicLong();
  public final AtomicLong keysDeleted = new AtomicLong();
  public final AtomicLong retries = new AtomicLong();
  public final AtomicLong unsupportedEntries = new AtomicLong();
  public final AtomicLong deletesBlocked = new AtomicLong();
  final AtomicLong gapEvents = new AtomicLong();
  public final AtomicLong writes = new AtomicLong();
  private final AtomicLong streamRepairs = new AtomicLong();
  private final AtomicLong historyOutruns = new AtomicLong();
  private final AtomicLong lossyValues = new AtomicLong();

  public void notice(SourceNotice notice) {
    switch (notice.kind()) {
      case STREAM_REPAIRED -> streamRepairs.addAndGet(notice.count());
      case HISTORY_OUTRUN -> historyOutruns.addAndGet(notice.count());
      case LOSSY_VALUE -> lossyValues.addAndGet(notice.count());
      case SILENCE_UNPROVEN -> {
        // A state of the connection to the source, and reported in the log.
      }
    }
  }

  /** The numbers as of now. */
  MirrorStatus.Counters now() {
    return new MirrorStatus.Counters(
        eventsApplied.get(),
        eventsFiltered.get(),
        eventsCoalesced.get(),
        batches.get(),
        gaps.get(),
        resyncs.get(),
        keysWritten.get(),
        keysDeleted.get(),
        retries.get(),
        streamRepairs.get(),
        historyOutruns.get(),
        lossyValues.get(),
        unsupportedEntries.get(),
        deletesBlocked.get(),
        gapEvents.get(),
        writes.get());
  }
}
