package org.etcdmirror.core;

import java.io.IOException;
import java.util.Optional;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.Start;
import org.jspecify.annotations.Nullable;

/** Tells which gap a start would find, in the order in which a reader looks, without a start. */
final class GapForecast {

  private final EventSource source;
  private final Selection selection;
  private final CheckpointScope scope;
  private final CheckpointNotes notes;

  GapForecast(Parts parts) {
    this.source = parts.source();
    this.selection = new Selection(parts.mapper().sourcePrefixes(), parts.copiesExpiry());
    this.scope = CheckpointScope.of(parts);
    this.notes = new CheckpointNotes(parts);
  }

  Optional<Gap> after(@Nullable Checkpoint stored) throws IOException, InterruptedException {
    SourceHead head = source.head(selection);
    Gap.Reason reason = reason(stored, head);
    if (reason != null) {
      long from = stored == null ? 0 : stored.index();
      return Optional.of(new Gap(reason, from, 0, head.index()));
    }
    return stored == null ? Optional.empty() : cleared(stored.index());
  }

  private Gap.@Nullable Reason reason(@Nullable Checkpoint stored, SourceHead head)
      throws IOException, InterruptedException {
    if (stored == null) {
      return Gap.Reason.NO_CHECKPOINT;
    }
    notes.loaded(stored);
    Gap.Reason other =
        HistoryCheck.difference(
            stored.index(),
            stored.clusterId(),
            head,
            () -> notes.anchors().isBroken(source, null, null));
    if (other != null) {
      return other;
    }
    if (scope.isChanged(stored.scope())) {
      return Gap.Reason.SCOPE_CHANGED;
    }
    boolean compareFirst = scope.isCompareFirst(stored.scope()) || notes.tellOfOthers(stored);
    return compareFirst ? Gap.Reason.FORCED : null;
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
