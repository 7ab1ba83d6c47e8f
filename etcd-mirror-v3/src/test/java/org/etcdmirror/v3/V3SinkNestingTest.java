package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.v3.internal.sink.SinkNesting;
import org.etcdmirror.v3.internal.sink.SinkOp;
import org.etcdmirror.v3.rpc.RequestOp;
import org.junit.jupiter.api.Test;

final class V3SinkNestingTest {

  @Test
  void nestedTransactionsKeepEachLevelWithinServerLimit() {
    for (int limit : new int[] {2, 3, 4, 5, 7, 8, 16, 17, 31, 64, 127, 128, 200}) {
      int capacity = SinkNesting.capacity(limit);
      for (int count : new int[] {0, 1, 2, 3, limit, 127, 128, 129, 4_032, 4_033, capacity}) {
        if (count <= capacity && count <= 5_000) {
          List<RequestOp> ops = puts(count);
          List<RequestOp> nested = SinkNesting.nest(ops, limit);
          assertThat(isAllowed(nested, 1, limit)).as("%d ops of %d", count, limit).isTrue();
          assertThat(flat(nested)).isEqualTo(ops);
        }
      }
    }
  }

  @Test
  void nestingLeavesRoomForOperationsThatAreTransactions() {
    for (int limit : new int[] {4, 16, 128}) {
      List<RequestOp> ops = new ArrayList<>();
      ops.add(SinkOp.moveToLease(Bytes.utf8("/first"), 7));
      int capacity = SinkNesting.capacity(ops, limit);
      ops.addAll(puts(Math.min(5_000, capacity) - 1));
      assertThat(isAllowed(SinkNesting.nest(ops, limit), 1, limit)).as("%d", limit).isTrue();
    }
  }

  @Test
  void nestingCarriesManyOperationsAtDefaultTxnLimit() {
    assertThat(SinkNesting.capacity(128)).isGreaterThan(75_000);
    assertThat(SinkNesting.capacity(16)).isEqualTo(243);
    assertThat(SinkNesting.capacity(2)).isEqualTo(1);
  }

  private static List<RequestOp> puts(int count) {
    List<RequestOp> ops = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ops.add(SinkOp.put(Bytes.utf8("/" + i), ByteString.EMPTY, 0));
    }
    return ops;
  }

  /** What etcd checks: a level may use what the levels above it leave of the limit. */
  private static boolean isAllowed(List<RequestOp> level, int more, int limit) {
    int width = level.size() + more;
    return width <= limit
        && level.stream()
            .filter(RequestOp::hasRequestTxn)
            .allMatch(op -> isAllowed(op.getRequestTxn().getSuccessList(), 0, limit - width));
  }

  private static List<RequestOp> flat(List<RequestOp> ops) {
    List<RequestOp> flat = new ArrayList<>();
    for (RequestOp op : ops) {
      flat.addAll(op.hasRequestTxn() ? flat(op.getRequestTxn().getSuccessList()) : List.of(op));
    }
    return flat;
  }
}
