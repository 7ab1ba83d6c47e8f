package org.etcdmirror.simulation.model;

import org.jspecify.annotations.Nullable;

/**
 * A key or a directory of the v2 store.
 *
 * @param value null for a directory
 * @param expires when it goes, as the scheduler counts; {@link #NEVER} if it stays
 */
public record V2Node(
    String key, @Nullable String value, long modified, long created, long expires) {

  public static final long NEVER = Long.MAX_VALUE;

  V2Node(String key, @Nullable String value, long modified, long created) {
    this(key, value, modified, created, NEVER);
  }

  public boolean doesExpire() {
    return expires != NEVER;
  }

  public boolean isDirectory() {
    return value == null;
  }
}
