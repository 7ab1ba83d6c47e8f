package org.etcdmirror.core.internal.resync;

import java.io.IOException;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.core.SinkNotEmptyException;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Sides;
import org.jspecify.annotations.Nullable;

/**
 * The look at a sink that may hold what never came from this source: at its first entry alone, so
 * that the first copy into an empty sink costs one request more. Used by the applier's thread.
 */
final class FirstLook {

  private final String link;
  private final EventSink sink;
  private final KeyMapper mapper;
  private final boolean expiries;
  private final boolean requiresEmpty;
  private final CheckpointKeeper keeper;

  FirstLook(Settings settings, Sides sides, CheckpointKeeper keeper) {
    this.link = settings.link();
    this.sink = sides.sink();
    this.mapper = sides.mapper();
    this.expiries = settings.copiesExpiry();
    this.requiresEmpty = settings.consent().requiresEmpty();
    this.keeper = keeper;
  }

  /**
   * Whether a resync has to know all that it would do before it writes.
   *
   * @throws SinkNotEmptyException if a first copy needs an empty sink and this is none
   */
  boolean isNeeded(ResyncJob job, FormerEntries formerEntries)
      throws IOException, InterruptedException {
    if (job.isFirstCopy() && keeper.notes().isBegunEmpty(job.clusterId())) {
      // What is too much was deleted in the source while this mirror was away.
      job.foundNothingForeign();
    }
    if (!job.isOfAnotherOrigin() || job.holdsNothingForeign()) {
      return false;
    }
    Entry found = first(formerEntries);
    if (job.isFirstCopy()) {
      if (found == null) {
        job.foundNothingForeign();
        keeper.beginEmpty(job.clusterId());
      } else if (requiresEmpty) {
        throw new SinkNotEmptyException(
            "%s: sink is not empty, but the first copy requires an empty sink: found key '%s'; empty the sink's prefixes, or allow keys there and approve the plan"
                .formatted(link, found.key()));
      }
    }
    return found != null;
  }

  /** The first entry that the mirror would call its own; null if there is none. */
  private @Nullable Entry first(FormerEntries formerEntries)
      throws IOException, InterruptedException {
    if (!(sink instanceof ReadableSink readable)) {
      return null;
    }
    try (Snapshot to = formerEntries.snapshot(readable, expiries)) {
      for (Entry entry = to.next(); entry != null; entry = to.next()) {
        boolean isOurs = mapper.owns(entry.key()) || formerEntries.contains(entry);
        if (isOurs && isData(entry)) {
          return entry;
        }
      }
      return null;
    }
  }

  /** A prefix's own directory alone is no data, nor are directories where the source has none. */
  private boolean isData(Entry entry) {
    return !(entry instanceof MakeDirectory)
        || (mapper.mirrorsDirectories() && !mapper.targetPrefixes().contains(entry.key()));
  }
}
