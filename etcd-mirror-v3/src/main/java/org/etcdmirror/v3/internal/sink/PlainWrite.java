package org.etcdmirror.v3.internal.sink;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.Compare;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.jspecify.annotations.Nullable;

/**
 * The newest write that the fence's key is older than. A checkpoint that says that the sink holds
 * it compares it as well: a backup that was made between the two has the fence's key as it is
 * expected, and lacks the write.
 *
 * @param key the key that was written
 * @param at the revision of the write
 * @param deleted whether the key was deleted
 */
record PlainWrite(Bytes key, long at, boolean deleted) {

  /** One of the operations that a transaction has carried out; null if none can be compared. */
  static @Nullable PlainWrite of(List<RequestOp> ops, TxnResponse answer) {
    long at = answer.getHeader().getRevision();
    // Operations that are nested are answered so, too.
    boolean isFlat = answer.getResponsesCount() == ops.size();
    for (int i = 0; i < ops.size(); i++) {
      RequestOp op = ops.get(i);
      if (op.hasRequestPut()) {
        return new PlainWrite(Wire.bytes(op.getRequestPut().getKey()), at, false);
      }
      // The delete of a key that is not there has no revision.
      if (isFlat
          && op.hasRequestDeleteRange()
          && op.getRequestDeleteRange().getRangeEnd().isEmpty()
          && answer.getResponses(i).getResponseDeleteRange().getDeleted() > 0) {
        return new PlainWrite(Wire.bytes(op.getRequestDeleteRange().getKey()), at, true);
      }
    }
    return null;
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
   * Whether the write is in the cluster's history.
   *
   * @param then the key as it was at the revision of the write; null if it was missing
   */
  boolean isIn(@Nullable KeyValue then) {
    return deleted ? then == null : then != null && then.getModRevision() == at;
  }

  /**
   * Whether the key is as it was before the write.
   *
   * @param now the key as it is; null if it is missing
   */
  boolean isUndone(@Nullable KeyValue now) {
    return now != null && now.getModRevision() < at;
  }

  @Override
  public String toString() {
    return "%s '%s' at revision %d".formatted(deleted ? "delete of" : "put of", key, at);
  }
}
