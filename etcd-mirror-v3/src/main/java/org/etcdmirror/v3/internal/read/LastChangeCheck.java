package org.etcdmirror.v3.internal.read;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SnapshotExpiredException;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3Failures;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.jspecify.annotations.Nullable;

/**
 * Whether a selection changed last when a mirror says so, which another history of the same cluster
 * id contradicts once it has changed the selection.
 *
 * <p>Three facts disprove it. A key was put in the quiet time, and not since: a put that came later
 * is seen by the stream. The key that the last change deleted exists at the end of that time. Or
 * the selection has another number of keys then than at its beginning, if both revisions are not
 * compacted. The keys are read in pages without their values; the server cannot look for revisions
 * without collecting all keys in memory (etcd 3.4 and 3.5).
 */
public final class LastChangeCheck {

  private final V3Client client;
  private final Selection selection;
  private final LastChange last;

  public LastChangeCheck(V3Client client, Selection selection, LastChange last) {
    this.client = client;
    this.selection = selection;
    this.last = last;
  }

  public Anchor.Check run() throws IOException, InterruptedException {
    try {
      return wasOtherwise() || hasOtherKey() ? Anchor.Check.BROKEN : Anchor.Check.HOLDS;
    } catch (V3ErrorException e) {
      if (!V3Failures.isDenial(e)) {
        throw e;
      }
      return Anchor.Check.UNKNOWN;
    } catch (V3PermanentException e) {
      if (e.problem() != V3Problem.PERMISSION_DENIED) {
        throw e;
      }
      // The rights were granted for another scope.
      return Anchor.Check.UNKNOWN;
    }
  }

  private boolean hasOtherKey() throws IOException, InterruptedException {
    try (RestPages pages = RestPages.withoutValues(client, selection)) {
      for (List<KeyValue> page = next(pages); page != null; page = next(pages)) {
        for (KeyValue kv : page) {
          if (!V3Puts.isOwn(kv) && (isPutInQuietTime(kv) || isUndeleted(kv))) {
            return true;
          }
          pages.used(kv.getKey());
        }
      }
      return false;
    }
  }

  private boolean isPutInQuietTime(KeyValue kv) {
    return kv.getModRevision() > last.put() && kv.getModRevision() <= last.through();
  }

  /** Whether it was there all along, although the last change deleted it. */
  private boolean isUndeleted(KeyValue kv) {
    Bytes deleted = last.deleted();
    return deleted != null
        && kv.getCreateRevision() <= last.through()
        && V3Puts.key(kv).equals(deleted);
  }

  /** Where the revision is compacted meanwhile, a newer one tells as much. */
  private static @Nullable List<KeyValue> next(RestPages pages)
      throws IOException, InterruptedException {
    while (true) {
      try {
        return pages.next();
      } catch (SnapshotExpiredException e) {
        pages.renew();
      }
    }
  }

  /** Whether history shows it, if it still reaches back to that time. */
  private boolean wasOtherwise() throws IOException, InterruptedException {
    try {
      return wasUndeleted() || hadOtherCount();
    } catch (V3ErrorException e) {
      if (e.compacted()) {
        return false;
      }
      if (e.futureRevision()) {
        // This cluster counted it, and as a whole it is not there yet.
        return true;
      }
      throw e;
    }
  }

  /** A later delete in the other history would hide it from the list of the keys there are. */
  private boolean wasUndeleted() throws IOException, InterruptedException {
    Bytes deleted = last.deleted();
    return deleted != null
        && !deleted.isEmpty()
        && count(KeyRange.single(Wire.wire(deleted)), last.through()) > 0;
  }

  private boolean hadOtherCount() throws IOException, InterruptedException {
    return last.any() > 0
        && last.any() < last.through()
        && count(last.any()) != count(last.through());
  }

  private long count(long revision) throws IOException, InterruptedException {
    long count = 0;
    for (Bytes prefix : selection.prefixes()) {
      count += count(KeyRange.of(prefix), revision);
      if (KeyModel.BYTES.covers(prefix, Wire.OWN_TOP)) {
        count -= count(KeyRange.single(Wire.wire(Wire.OWN_TOP)), revision);
        count -= count(KeyRange.of(Wire.OWN), revision);
      }
    }
    return count;
  }

  private long count(KeyRange range, long revision) throws IOException, InterruptedException {
    RangeRequest request =
        RangeRequest.newBuilder()
            .setKey(range.from())
            .setRangeEnd(range.end())
            .setRevision(revision)
            .setCountOnly(true)
            .build();
    return client.read(KVGrpc.getRangeMethod(), request).getCount();
  }
}
