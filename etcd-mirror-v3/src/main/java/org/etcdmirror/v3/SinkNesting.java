package org.etcdmirror.v3;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;

/**
 * More operations than a transaction may have, by transactions inside it. Each level may be as wide
 * as the limit less the widths of the levels above it; one place on top is kept for the checkpoint.
 */
final class SinkNesting {

  private SinkNesting() {}

  /** How many operations go at once, beside the checkpoint. */
  static int capacity(int limit) {
    long half = limit / 2;
    long third = limit / 3;
    long most = Math.max((half - 1) * half, (third - 1) * third * third);
    return (int) Math.min(Integer.MAX_VALUE, Math.max(limit - 1L, most));
  }

  /** The operations as no more than {@code limit} less one. */
  static List<RequestOp> nest(List<RequestOp> ops, int limit) {
    int half = limit / 2;
    int third = limit / 3;
    if (ops.size() < limit) {
      return ops;
    }
    if (ops.size() <= (half - 1) * half) {
      return grouped(ops, half);
    }
    return grouped(grouped(ops, third), third);
  }

  private static List<RequestOp> grouped(List<RequestOp> ops, int width) {
    List<RequestOp> groups = new ArrayList<>();
    for (int from = 0; from < ops.size(); from += width) {
      List<RequestOp> group = ops.subList(from, Math.min(ops.size(), from + width));
      groups.add(
          RequestOp.newBuilder()
              .setRequestTxn(TxnRequest.newBuilder().addAllSuccess(group))
              .build());
    }
    return groups;
  }

  /** Consecutive parts of no more than so many operations and bytes each; never an empty one. */
  static List<List<RequestOp>> split(List<RequestOp> ops, int most, long bytes) {
    List<List<RequestOp>> parts = new ArrayList<>();
    int from = 0;
    long size = 0;
    for (int i = 0; i < ops.size(); i++) {
      long more = cost(ops.get(i));
      if (i > from && (i - from >= most || size + more > bytes)) {
        parts.add(ops.subList(from, i));
        from = i;
        size = 0;
      }
      size += more;
    }
    if (from < ops.size()) {
      parts.add(ops.subList(from, ops.size()));
    }
    return parts;
  }

  /** What an operation takes in a request, with its share of the nesting. */
  static long cost(RequestOp op) {
    return op.getSerializedSize() + 8L;
  }
}
