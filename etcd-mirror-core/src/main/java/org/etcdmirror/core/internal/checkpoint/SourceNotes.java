package org.etcdmirror.core.internal.checkpoint;

import java.util.Map;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.LastChange;
import org.jspecify.annotations.Nullable;

/**
 * The notes of a checkpoint by which the next run knows the source again: two anchors and the last
 * change. They change with each batch, and an older one is still true.
 */
final class SourceNotes {

  private final String link;
  private final CheckpointScope scope;
  private final Anchors anchors;

  SourceNotes(String link, CheckpointScope scope, Anchors anchors) {
    this.link = link;
    this.scope = scope;
    this.anchors = anchors;
  }

  /** Removes these notes. */
  static void removeFrom(Map<String, String> notes) {
    notes.keySet().removeAll(AnchorNote.NAMES);
    notes.remove(LastChangeNote.NAME);
  }

  /** Continues with what a checkpoint says. */
  void loaded(Checkpoint stored) {
    // Of another scope, it would say nothing about what this one selects.
    LastChange last = scope.isSame(stored.scope()) ? LastChangeNote.read(link, stored) : null;
    resume(anchors, AnchorNote.read(link, stored, AnchorNote.NEWEST), last, stored);
    resume(anchors.lasting(), AnchorNote.read(link, stored, AnchorNote.LASTING), last, stored);
  }

  private static void resume(
      Anchors known, @Nullable Anchor anchor, @Nullable LastChange last, Checkpoint stored) {
    known.resume(anchor, last, stored.index());
  }

  /** Adds the notes as they are now, in place of older ones. */
  void addTo(Map<String, String> notes) {
    removeFrom(notes);
    Anchor newest = anchors.newest();
    if (newest != null) {
      notes.put(AnchorNote.NEWEST, AnchorNote.format(newest));
    }
    Anchor lasting = anchors.lasting().newest();
    if (lasting != null && !lasting.equals(newest)) {
      notes.put(AnchorNote.LASTING, AnchorNote.format(lasting));
    }
    LastChange last = anchors.lastChange();
    if (last != null) {
      notes.put(LastChangeNote.NAME, LastChangeNote.format(last));
    }
  }
}
