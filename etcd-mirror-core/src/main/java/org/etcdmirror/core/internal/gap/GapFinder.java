package org.etcdmirror.core.internal.gap;

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
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Finds the gaps between an index and a source, and decides the reason of each. Remembers nothing:
 * open gaps are in {@link Doubts}.
 */
public final class GapFinder {

  /** Whether the source no longer knows the anchor. It costs requests, so it is asked last. */
  @FunctionalInterface
  public interface AnchorCheck {
    boolean isBroken() throws IOException, InterruptedException;
  }

  private final Settings settings;
  private final MirrorRuntime runtime;
  private final InspectableSource source;
  private final Selection selection;

  public GapFinder(Settings settings, MirrorRuntime runtime) {
    this.settings = settings;
    this.runtime = runtime;
    this.source = runtime.sides().source();
    this.selection = runtime.sides().mapper().selection();
  }

  /** Nothing was copied from the source yet. */
  public static Gap firstCopy(SourceHead head) {
    return new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, head.index());
  }

  /** The source reported that events are missing. */
  public static Gap lost(@Nullable ReadIndex from, LostEventsException e) {
    return new Gap(e.reason(), from == null ? 0 : from.index(), e.oldest(), e.current());
  }

  /** A backlog is to be collapsed. History is still there. */
  public static Gap backlog(ReadIndex from, SourceHead head) {
    return new Gap(Gap.Reason.CATCH_UP, from.index(), 0, head.index());
  }

  /** The source has another history than the one that the index is of; empty if it has not. */
  public static Optional<Gap> otherHistory(ReadIndex from, SourceHead head, AnchorCheck anchor)
      throws IOException, InterruptedException {
    return Optional.ofNullable(otherHistoryReason(from, head, anchor))
        .map(reason -> new Gap(reason, from.index(), 0, head.index()));
  }

  private static Gap.@Nullable Reason otherHistoryReason(
      ReadIndex from, SourceHead head, AnchorCheck anchor)
      throws IOException, InterruptedException {
    if (from.clusterId() != null && !from.clusterId().equals(head.clusterId())) {
      return Gap.Reason.CLUSTER_REPLACED;
    }
    if (head.index() < from.index()) {
      return Gap.Reason.INDEX_WENT_BACKWARDS;
    }
    return anchor.isBroken() ? Gap.Reason.CLUSTER_REPLACED : null;
  }

  /**
   * The gravest gap that a start from a checkpoint would find.
   *
   * @throws PermanentException if such a start is refused
   */
  public Optional<Gap> gravestAtStart(@Nullable Checkpoint stored)
      throws IOException, InterruptedException {
    return Doubts.gravest(atStart(stored, source.head(selection)));
  }

  /**
   * Finds all gaps that a start from a checkpoint would find. A first run has no other.
   *
   * @throws PermanentException if such a start is refused
   */
  public List<Gap> atStart(@Nullable Checkpoint stored, SourceHead head)
      throws IOException, InterruptedException {
    if (stored == null) {
      return List.of(firstCopy(head));
    }
    CutoverMark mark = CutoverMark.of(stored);
    if (mark != null) {
      throw mark.refusal(settings.link());
    }
    CheckpointNotes notes = new CheckpointNotes(settings, runtime);
    notes.loaded(stored);
    List<Gap> gaps = new ArrayList<>();
    for (Doubts.Doubt doubt : notes.doubts(stored)) {
      Gap gap = Doubts.asOf(head, doubt.gap());
      gaps.add(gap);
      if (gap.reason() == Gap.Reason.NO_CHECKPOINT) {
        return gaps;
      }
    }
    ReadIndex from = ReadIndex.of(stored);
    Optional<Gap> other =
        otherHistory(from, head, () -> notes.anchors().isBroken(source, selection, null, null));
    if (other.isPresent()) {
      gaps.add(other.get());
    } else if (gaps.isEmpty()) {
      missingHistory(from).ifPresent(gaps::add);
    }
    return gaps;
  }

  /** Only a stream that opens proves that history reaches back. */
  private Optional<Gap> missingHistory(ReadIndex from) throws IOException, InterruptedException {
    try (EventStream stream = source.open(selection, Start.after(from.index()))) {
      return Optional.empty();
    } catch (LostEventsException e) {
      return Optional.of(lost(from, e));
    }
  }
}
