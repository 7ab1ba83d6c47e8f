package org.etcdmirror.core.internal.resync;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.SinkDriftedException;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.core.internal.keys.Coalescer;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.run.ComparisonNeededException;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.etcdmirror.core.internal.unsupported.UnsupportedFilter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what happened to keys that a resync has visited, while it goes on. Used by the applier's
 * thread alone.
 */
final class Meanwhile {

  private static final Logger log = LoggerFactory.getLogger(Meanwhile.class);

  private final String link;
  private final EntryCheck check;
  private final Resync.Writer writer;
  private final Progress progress;
  private Gap.@Nullable Reason comparedFor;

  Meanwhile(String link, Progress progress, EntryCheck check, Resync.Writer writer) {
    this.link = link;
    this.check = check;
    this.writer = writer;
    this.progress = progress;
  }

  /** Makes the last of these events of each key durable. */
  void write(List<MirrorEvent> events, long index, ResyncPass pass)
      throws IOException, InterruptedException, Retry.StoppedException {
    if (events.isEmpty()) {
      return;
    }
    if (check.findsClashes()) {
      // What the last comparison found may be over, and what this one found is not known there.
      check.shadows().replaceBy(pass.shadowing());
    }
    List<MirrorEvent> reduced = Coalescer.coalesce(events, key -> false);
    progress.counters.eventsCoalesced.addAndGet(events.size() - reduced.size());
    UnsupportedFilter filter = new UnsupportedFilter(check, EventBatch.of(reduced, index, index));
    try {
      write(filter, pass);
    } catch (ComparisonNeededException e) {
      comparedFor = e.reason();
    } catch (SinkDriftedException e) {
      log.warn(LogEvent.SINK_DRIFTED.marker(), "[link={}] {}", link, e.getMessage());
      progress.error(e);
      comparedFor = Gap.Reason.SINK_DRIFTED;
    }
    filter.applied();
    progress.counters.eventsApplied.addAndGet(events.size() - filter.leftOut());
  }

  private void write(UnsupportedFilter filter, ResyncPass pass)
      throws IOException, InterruptedException, Retry.StoppedException, ComparisonNeededException {
    while (true) {
      try {
        EventBatch held = filter.held();
        if (!held.events().isEmpty()) {
          writer.write(held);
        }
        return;
      } catch (UnsupportedEntryException e) {
        filter.learn(e);
        pass.refused().addOfEvents(e.refusals());
      }
    }
  }

  /** Why both sides are to be compared once more; null if they need not be. */
  Gap.@Nullable Reason comparedFor() {
    return comparedFor;
  }
}
