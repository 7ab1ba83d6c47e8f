package org.etcdmirror.v3.internal.sink;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;

/**
 * More operations than a transaction may have, by transactions inside it. Each level may be as wide
 * as the limit less the widths of the levels above it; one place on top is kept for the checkpoint.
 *
 * <p>With etcd's default of 128: 127 operations on one level, 63 x 64 = 4,032 on two, 42 x 43 x 42
 * = 75,852 on three, a million on four. With 16, at most 243.
 */
public final class SinkNesting {

  private SinkNesting() {}

  /** The number of operations that fit besides the checkpoint; at least 1. */
  public static int capacity(int limit) {
    long most = 1;
    for (int levels = 1; levels <= limit / 2; levels++) {
      most = Math.max(most, capacity(limit, levels));
    }
    return (int) Math.min(Integer.MAX_VALUE, most);
  }

  /** The number of just these operations that fit. */
  public static int capacity(List<RequestOp> ops, int limit) {
    return capacity(left(ops, limit));
  }

  private static long capacity(int limit, int levels) {
    long most = width(limit, levels, 0) - 1L;
    for (int level = 1; level < levels && most < Integer.MAX_VALUE; level++) {
      most *= width(limit, levels, level);
    }
    return most;
  }

  /** The share of one level; the top is level 0. */
  private static int width(int limit, int levels, int level) {
    return limit / levels + (level < limit % levels ? 1 : 0);
  }

  /** An operation that is a transaction itself needs room for one more level. */
  private static int left(List<RequestOp> ops, int limit) {
    return ops.stream().anyMatch(RequestOp::hasRequestTxn) ? limit - 1 : limit;
  }

  /** The operations as no more than {@code limit} less one, if there is the capacity for them. */
  public static List<RequestOp> nest(List<RequestOp> ops, int limit) {
    int left = left(ops, limit);
    int levels = 1;
    while (capacity(left, levels) < ops.size() && levels < left / 2) {
      levels++;
    }
    List<RequestOp> nested = ops;
    for (int level = levels - 1; level > 0; level--) {
      nested = grouped(nested, width(left, levels, level));
    }
    return nested;
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
  public static List<List<RequestOp>> split(List<RequestOp> ops, int most, long bytes) {
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

  /** The bytes of an operation in a request, with its share of the nesting. */
  static long cost(RequestOp op) {
    return op.getSerializedSize() + 12L;
  }
}
