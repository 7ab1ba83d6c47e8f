package org.etcdmirror.core.internal.resync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.Start;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.Doubts.Doubt;
import org.etcdmirror.core.internal.run.Parts;
import org.jspecify.annotations.Nullable;

/** Tells which gaps a start would find, without a start. */
public final class GapForecast {

  private final InspectableSource source;
  private final Selection selection;
  private final CheckpointNotes notes;
  private final String link;

  public GapForecast(Parts parts) {
    this.source = parts.source();
    this.selection = new Selection(parts.mapper().sourcePrefixes(), parts.copiesExpiry());
    this.notes = new CheckpointNotes(parts);
    this.link = parts.link();
  }

  /**
   * The gravest gap that a start from a checkpoint finds.
   *
   * @throws PermanentException if such a start is refused
   */
  public Optional<Gap> after(@Nullable Checkpoint stored) throws IOException, InterruptedException {
    Gap gravest = null;
    for (Gap gap : all(stored, source.head(selection))) {
      gravest = Doubts.graver(gravest, gap);
    }
    return Optional.ofNullable(gravest);
  }

  /** Finds all gaps that a start from a checkpoint would find. A first run has no other. */
  public List<Gap> all(@Nullable Checkpoint stored, SourceHead head)
      throws IOException, InterruptedException {
    if (stored == null) {
      return List.of(new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, head.index()));
    }
    CutoverMark mark = CutoverMark.of(stored);
    if (mark != null) {
      throw mark.refusal(link);
    }
    notes.loaded(stored);
    List<Gap> gaps = new ArrayList<>();
    for (Doubt doubt : notes.doubts(stored)) {
      Gap gap = Doubts.asOf(head, doubt.gap());
      gaps.add(gap);
      if (gap.reason() == Gap.Reason.NO_CHECKPOINT) {
        return gaps;
      }
    }
    Gap.Reason other =
        HistoryCheck.difference(
            stored.index(),
            stored.clusterId(),
            head,
            () -> notes.anchors().isBroken(source, null, null));
    if (other != null) {
      gaps.add(new Gap(other, stored.index(), 0, head.index()));
    } else if (gaps.isEmpty()) {
      cleared(stored.index()).ifPresent(gaps::add);
    }
    return gaps;
  }

  /** Only a stream that opens proves that history reaches back. */
  private Optional<Gap> cleared(long index) throws IOException, InterruptedException {
    try (EventStream stream = source.open(selection, Start.after(index))) {
      return Optional.empty();
    } catch (LostEventsException e) {
      Gap.Reason reason = e.reason();
      return Optional.of(new Gap(reason, index, e.oldest(), e.current()));
    }
  }
}
