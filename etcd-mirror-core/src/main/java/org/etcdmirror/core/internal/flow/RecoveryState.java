package org.etcdmirror.core.internal.flow;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.internal.checkpoint.Anchors;
import org.etcdmirror.core.internal.gap.ReadIndex;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.run.Doubts;
import org.jspecify.annotations.Nullable;

/**
 * Knows through which index the reader has read, and which anchors are of the history that it
 * reads. Used by the reader's thread alone.
 *
 * <p>The applier replaces the anchors when it has done a recovery. Until then they are those of an
 * earlier recovery, and say nothing about a history that began after it.
 */
final class RecoveryState {

  private final Anchors anchors;
  private @Nullable ReadIndex read;

  /** The recovery that was handed over last. */
  private Work.@Nullable Recovery last;

  /** The latest recovery before the last one whose anchors are of the history that is read. */
  private Work.@Nullable Recovery sameHistory;

  RecoveryState(Anchors anchors) {
    this.anchors = anchors;
  }

  /** The mirror resumes from a checkpoint. */
  void resumed(Checkpoint stored) {
    read = ReadIndex.of(stored);
  }

  /** Everything through an index of this cluster was handed over. */
  void read(long through, String clusterId) {
    read = new ReadIndex(through, clusterId);
  }

  /** A recovery is about to be handed over, for these gaps; reading continues at its start. */
  void recovering(Work.Recovery next, List<Gap> gaps) {
    if (gaps.stream().anyMatch(Doubts::isOfAnotherOrigin)) {
      sameHistory = next;
    } else if (anchors.isDone(last)) {
      sameHistory = last;
    }
    last = next;
  }

  /** The index through which the source was read; null before the first copy. */
  @Nullable ReadIndex readIndex() {
    return read;
  }

  /** Whether the source is another one than the one that the anchors are of. */
  boolean isAnchorBroken(InspectableSource source, Selection selection)
      throws IOException, InterruptedException {
    return anchors.isBroken(source, selection, last, sameHistory);
  }
}
