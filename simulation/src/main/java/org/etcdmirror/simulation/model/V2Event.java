package org.etcdmirror.simulation.model;

import org.jspecify.annotations.Nullable;

/**
 * A change of the v2 store.
 *
 * @param action as the API calls it
 * @param node what is there now; of a delete, what is told of the key
 * @param before what was there before
 */
record V2Event(String action, V2Node node, @Nullable V2Node before) {

  /** Changes that are not of the keyspace, such as a member's start, have no key below the root. */
  static final String INTERNAL = "internal";

  long index() {
    return node.modified();
  }

  boolean deletes() {
    return action.equals("delete") || action.equals("compareAndDelete") || action.equals("expire");
  }

  /** The same as a watch shows it. */
  String json(long now) {
    return V2Text.event(this, now);
  }
}
