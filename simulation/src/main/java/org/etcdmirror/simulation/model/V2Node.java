package org.etcdmirror.simulation.model;

import org.jspecify.annotations.Nullable;

/**
 * A key or a directory of the v2 store.
 *
 * @param value null for a directory
 */
public record V2Node(String key, @Nullable String value, long modified, long created) {

  public boolean isDirectory() {
    return value == null;
  }
}
