package org.etcdmirror.service.doctor;

import java.io.IOException;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.SourceHistory;

/**
 * Whether anything compacts a cluster that is written to: without it, the database grows until its
 * quota.
 *
 * @param many so many revisions without a compaction are too many
 */
record CompactionCheck(Side side, long many) implements Check {

  /** A cluster with auto-compaction has far fewer. */
  static final long MANY = 100_000;

  @Override
  public String name() {
    return side.name() + " compaction";
  }

  @Override
  public void run(Findings findings) throws IOException, InterruptedException {
    try (InspectableSource source = side.reader()) {
      SourceHistory history = source.history(side.selection());
      long kept = history.current() - history.oldest() + 1;
      if (kept < many) {
        findings.ok("history has %d revisions".formatted(kept));
      } else {
        findings.warning(
            "history has %d revisions, from %d on: the database grows until its quota"
                .formatted(kept, history.oldest()),
            "start etcd with --auto-compaction-retention");
      }
    }
  }
}
