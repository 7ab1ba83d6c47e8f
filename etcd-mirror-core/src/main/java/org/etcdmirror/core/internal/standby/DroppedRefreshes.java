package org.etcdmirror.core.internal.standby;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Refresh;

/**
 * The newest refresh of each key among the events that are dropped because the leader has stored
 * their index. An index says nothing of refreshes: the leader may not have learned of one, and the
 * source's stream, which has told it once, does not tell it again. So the next leader writes them.
 * Holds at most one for each key of the source that has a time to live. Not safe for use by several
 * threads.
 */
final class DroppedRefreshes {

  private final NavigableMap<Bytes, Refresh> newest = new TreeMap<>();

  /** These are not delivered; to be called in the order of the stream. */
  void dropped(List<MirrorEvent> events) {
    for (MirrorEvent event : events) {
      if (event instanceof Refresh refresh) {
        newest.put(refresh.key(), refresh);
      } else {
        newest.remove(event.key());
        if (event instanceof DeleteTree) {
          Bytes top = event.key().equals(Bytes.utf8("/")) ? Bytes.EMPTY : event.key();
          // '0' follows '/' in ASCII, so this is everything that begins with the key and a slash.
          newest.subMap(top.plus(Bytes.utf8("/")), top.plus(Bytes.utf8("0"))).clear();
        }
      }
    }
  }

  /** Removes all, as of the index through which the stream is complete. */
  List<MirrorEvent> take(long index) {
    List<MirrorEvent> due = new ArrayList<>(newest.size());
    for (Refresh refresh : newest.values()) {
      due.add(new Refresh(refresh.key(), index, refresh.expiresAt(), refresh.lease()));
    }
    newest.clear();
    return due;
  }
}
