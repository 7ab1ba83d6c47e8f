package org.etcdmirror.core.internal.flow;

import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;

/** Cuts a batch that is too large to be applied as one, never between events of one index. */
final class BatchSplitter {

  private final EventBatch batch;
  private final long maxBytes;
  private final int maxKeys;
  private final List<EventBatch> pieces = new ArrayList<>();
  private List<MirrorEvent> piece = new ArrayList<>();
  private Set<Bytes> pieceKeys = new HashSet<>();
  private long pieceBytes;

  private BatchSplitter(EventBatch batch, long maxBytes, int maxKeys) {
    this.batch = batch;
    this.maxBytes = maxBytes;
    this.maxKeys = maxKeys;
  }

  /**
   * The batch in pieces within the bound, each with the index of its last event; what happened at
   * one index is one piece whatever its size. The last piece reaches as far as the batch.
   */
  static List<EventBatch> of(EventBatch batch, long maxBytes) {
    return batch.bytes() <= maxBytes
        ? List.of(batch)
        : new BatchSplitter(batch, maxBytes, Integer.MAX_VALUE).cut();
  }

  /** The same for the number of keys, of which each is written once. */
  static List<EventBatch> ofKeys(EventBatch batch, int maxKeys) {
    return batch.events().size() <= maxKeys
        ? List.of(batch)
        : new BatchSplitter(batch, Long.MAX_VALUE, maxKeys).cut();
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
    Set<Bytes> keys = ofOneIndex.stream().map(MirrorEvent::key).collect(toSet());
    if (!piece.isEmpty() && (pieceBytes + bytes > maxBytes || keysWith(keys) > maxKeys)) {
      long reached = piece.get(piece.size() - 1).index();
      pieces.add(EventBatch.of(piece, reached, batch.headIndex()));
      piece = new ArrayList<>();
      pieceKeys = new HashSet<>();
      pieceBytes = 0;
    }
    piece.addAll(ofOneIndex);
    pieceKeys.addAll(keys);
    pieceBytes += bytes;
  }

  private long keysWith(Set<Bytes> more) {
    return pieceKeys.size() + more.stream().filter(key -> !pieceKeys.contains(key)).count();
  }
}
