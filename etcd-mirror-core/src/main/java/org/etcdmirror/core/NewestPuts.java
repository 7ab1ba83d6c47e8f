package org.etcdmirror.core;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;

/** The newest puts without an expiry that were read from a source, and still stand. */
final class NewestPuts {

  /** A put of the source. */
  private record Version(Bytes key, long index) {}

  private final KeyMapper mapper;
  private final PriorityQueue<Version> newest =
      new PriorityQueue<>(Comparator.comparingLong(Version::index));

  NewestPuts(KeyMapper mapper) {
    this.mapper = mapper;
  }

  /** The source holds this, under its own key. */
  void add(Put put) {
    if (put.expiresAt() == null) {
      add(new Version(put.key(), put.index()));
    }
  }

  /** The stream says that this stands. */
  void add(Anchors.Standing put) {
    add(new Version(put.key(), put.version()));
  }

  private void add(Version put) {
    if (!newest.contains(put)) {
      newest.add(put);
      if (newest.size() > Anchors.MOST) {
        newest.remove();
      }
    }
  }

  /** This happened to the source, by its name in the sink; in the order of the stream. */
  void happened(MirrorEvent event) {
    newest.removeIf(put -> event.index() > put.index() && standing(put).isChangedBy(event));
  }

  private Anchors.Standing standing(Version put) {
    return new Anchors.Standing(put.key(), put.index(), mapper.held(put.key()));
  }

  /** What stands now. */
  List<Anchors.Standing> standing() {
    return newest.stream().map(this::standing).filter(put -> put.version() > 0).toList();
  }
}
