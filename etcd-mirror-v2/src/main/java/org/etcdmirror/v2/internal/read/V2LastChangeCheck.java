package org.etcdmirror.v2.internal.read;

import java.io.IOException;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.v2.internal.client.V2Client;
import org.jspecify.annotations.Nullable;

/**
 * Whether a selection changed last when a mirror says so. A value's {@code modifiedIndex} is that
 * of the event which changed it last, unless it has a time to live: {@code refresh=true} moves it
 * without an event (etcd 2.3 to 3.5).
 *
 * <p>Two facts disprove it. A value was put in the quiet time. Or a value is where the last change
 * deleted all, and its index lies at or before the end of that time: it was there all along.
 */
public final class V2LastChangeCheck {

  private V2LastChangeCheck() {}

  /**
   * Reads the values of the selection by one quorum read.
   *
   * @param clusterId the only cluster that can tell; null if it is not known
   */
  public static Anchor.Check check(
      V2Client client, Selection selection, LastChange last, @Nullable String clusterId)
      throws IOException, InterruptedException {
    V2Snapshot found =
        V2Tree.readMatching(
            client,
            selection,
            entry ->
                entry instanceof Put put
                    && (isPutInQuietTime(put, last) || isUndeleted(put, last)));
    if (clusterId != null && !clusterId.equals(found.head().clusterId())) {
      return Anchor.Check.UNKNOWN;
    }
    return found.entries().isEmpty() ? Anchor.Check.HOLDS : Anchor.Check.BROKEN;
  }

  private static boolean isPutInQuietTime(Put found, LastChange last) {
    return found.expiresAt() == null
        && found.index() > last.put()
        && found.index() <= last.through();
  }

  private static boolean isUndeleted(Put found, LastChange last) {
    Bytes deleted = last.deleted();
    return deleted != null
        && KeyModel.PATHS.covers(deleted, found.key())
        && found.index() <= last.through();
  }
}
