package org.etcdmirror.core.internal.flow;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;

/** Cuts a batch that is too large to be applied as one, never between events of one index. */
final class BatchSplitter {

  private final EventBatch batch;
  private final long maxBytes;
  private final List<EventBatch> pieces = new ArrayList<>();
  private List<MirrorEvent> piece = new ArrayList<>();
  private long pieceBytes;

  private BatchSplitter(EventBatch batch, long maxBytes) {
    this.batch = batch;
    this.maxBytes = maxBytes;
  }

  /**
   * The batch in pieces within the bound, each with the index of its last event; what happened at
   * one index is one piece whatever its size. The last piece reaches as far as the batch.
   */
  static List<EventBatch> of(EventBatch batch, long maxBytes) {
    return batch.bytes() <= maxBytes ? List.of(batch) : new BatchSplitter(batch, maxBytes).cut();
  }

  private List<EventBatch> cut() {
    List<MirrorEvent> events = batch.events();
    int from = 0;
    for (int i = 1; i <= events.size(); i++) {
      if (i == events.size() || events.get(i).index() != events.get(from).index()) {
        add(events.subList(from, i));
        from = i;
      }
    }
    pieces.add(EventBatch.of(piece, batch.index(), batch.headIndex()));
    return pieces;
  }

  private void add(List<MirrorEvent> ofOneIndex) {
    long bytes = EventBatch.of(ofOneIndex, batch.index(), batch.headIndex()).bytes();
    if (!piece.isEmpty() && pieceBytes + bytes > maxBytes) {
      long reached = piece.get(piece.size() - 1).index();
      pieces.add(EventBatch.of(piece, reached, batch.headIndex()));
      piece = new ArrayList<>();
      pieceBytes = 0;
    }
    piece.addAll(ofOneIndex);
    pieceBytes += bytes;
  }
}
