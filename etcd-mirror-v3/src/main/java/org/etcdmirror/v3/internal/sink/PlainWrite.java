package org.etcdmirror.v3.internal.sink;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.Compare;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.jspecify.annotations.Nullable;

/**
 * The newest write that the fence's key is older than. A checkpoint that says that the sink holds
 * it compares it as well: a backup that was made between the two has the fence's key as it is
 * expected, and lacks the write.
 *
 * @param key the key that was written
 * @param at the revision of the write
 * @param deleted whether the key was deleted
 * @param leased whether the key may expire
 */
record PlainWrite(Bytes key, long at, boolean deleted, boolean leased) {

  /**
   * Of the operations of one transaction, one that can be compared later, best one that does not
   * expire; null if there is none.
   */
  static @Nullable PlainWrite of(Iterable<RequestOp> ops, long at) {
    PlainWrite leased = null;
    for (RequestOp op : ops) {
      if (op.hasRequestPut()) {
        PutRequest put = op.getRequestPut();
        PlainWrite write = new PlainWrite(Wire.bytes(put.getKey()), at, false, put.getLease() != 0);
        if (!write.leased) {
          return write;
        }
        leased = write;
      } else if (op.hasRequestDeleteRange() && op.getRequestDeleteRange().getRangeEnd().isEmpty()) {
        return new PlainWrite(Wire.bytes(op.getRequestDeleteRange().getKey()), at, true, false);
      }
    }
    return leased;
  }

  /** True while the key is as this write left it. */
  Compare compareUnchanged() {
    Compare.Builder compare =
        Compare.newBuilder().setResult(Compare.CompareResult.EQUAL).setKey(Wire.wire(key));
    return deleted
        ? compare.setTarget(Compare.CompareTarget.VERSION).setVersion(0).build()
        : compare.setTarget(Compare.CompareTarget.MOD).setModRevision(at).build();
  }

  /**
   * Whether the write is gone, which only an older state of the cluster explains.
   *
   * @param found the key as it is now; null if it is missing
   */
  boolean isUndone(@Nullable KeyValue found) {
    return found == null ? !deleted && !leased : found.getModRevision() < at;
  }

  @Override
  public String toString() {
    return "%s '%s' at revision %d".formatted(deleted ? "delete of" : "put of", key, at);
  }
}
