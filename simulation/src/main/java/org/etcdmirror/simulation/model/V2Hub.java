package org.etcdmirror.simulation.model;

import java.util.ArrayList;
import java.util.List;

/** The watches of a member, which get the events of its store. */
final class V2Hub {

  private final List<V2Watch> watches = new ArrayList<>();

  void add(V2Watch watch) {
    watches.add(watch);
  }

  void remove(V2Watch watch) {
    watches.remove(watch);
  }

  /** A key changed. */
  void happened(V2Event event) {
    String key = event.node().key();
    for (V2Watch watch : List.copyOf(watches)) {
      if (V2Store.covers(watch.key(), key)
          && (watch.key().equals(key) || !V2Store.isHidden(watch.key(), key))) {
        watch.told(event, watch.key().equals(key), false);
      }
    }
  }

  /** A key went, perhaps with a directory above it. A watch of just that gets it as well. */
  void removed(V2Event event, String path) {
    for (V2Watch watch : List.copyOf(watches)) {
      if (watch.key().equals(path)) {
        watch.told(event, event.node().key().equals(path), true);
      }
    }
  }
}
