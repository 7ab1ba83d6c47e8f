package org.etcdmirror.v2.internal.read;

import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.jspecify.annotations.Nullable;

/**
 * Whether a selection changed last when a mirror says so. A value's {@code modifiedIndex} is that
 * of the event which changed it last, unless it has a time to live: {@code refresh=true} moves it
 * without an event (etcd 2.3 to 3.5).
 */
public final class V2LastChangeCheck {

  private V2LastChangeCheck() {}

  /**
   * Compares what a quorum read told.
   *
   * @param clusterId the only cluster that can tell; null if it is not known
   */
  public static Anchor.Check check(V2Snapshot now, LastChange last, @Nullable String clusterId) {
    if (clusterId != null && !clusterId.equals(now.head().clusterId())) {
      return Anchor.Check.UNKNOWN;
    }
    boolean broken = now.entries().stream().anyMatch(entry -> isPutInQuietTime(entry, last));
    return broken ? Anchor.Check.BROKEN : Anchor.Check.HOLDS;
  }

  private static boolean isPutInQuietTime(Entry entry, LastChange last) {
    return entry instanceof Put
        && entry.expiresAt() == null
        && entry.index() > last.put()
        && entry.index() <= last.through();
  }
}
