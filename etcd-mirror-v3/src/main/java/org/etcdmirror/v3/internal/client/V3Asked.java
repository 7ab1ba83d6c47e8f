package org.etcdmirror.v3.internal.client;

import com.google.protobuf.ByteString;
import io.grpc.MethodDescriptor;
import org.etcdmirror.api.internal.Refusals.Work;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;

/**
 * Identifies a request when it is repeated, whatever else goes with it.
 *
 * @param work the kind of right that it takes
 * @param method the gRPC method
 * @param key the first key of it; empty where it has none
 */
public record V3Asked(Work work, String method, ByteString key) {

  public static <Q> V3Asked of(MethodDescriptor<Q, ?> method, Q request) {
    String name = method.getFullMethodName();
    if (request instanceof RangeRequest range) {
      return new V3Asked(Work.READ, name, range.getKey());
    }
    if (request instanceof TxnRequest txn) {
      return new V3Asked(writes(txn) ? Work.WRITE : Work.READ, name, key(txn));
    }
    Work work = request instanceof LeaseTimeToLiveRequest ? Work.READ : Work.WRITE;
    return new V3Asked(work, name, ByteString.EMPTY);
  }

  /** A request without keys, such as the renewal of leases. */
  static V3Asked change(MethodDescriptor<?, ?> method) {
    return new V3Asked(Work.WRITE, method.getFullMethodName(), ByteString.EMPTY);
  }

  /** A watch of a range. */
  public static V3Asked watch(KeyRange range) {
    return new V3Asked(Work.WATCH, "Watch", range.from().concat(range.end()));
  }

  private static boolean writes(TxnRequest txn) {
    return txn.getSuccessList().stream()
        .anyMatch(op -> op.hasRequestTxn() ? writes(op.getRequestTxn()) : !op.hasRequestRange());
  }

  private static ByteString key(TxnRequest txn) {
    if (txn.getSuccessCount() == 0) {
      return ByteString.EMPTY;
    }
    RequestOp first = txn.getSuccess(0);
    return switch (first.getRequestCase()) {
      case REQUEST_PUT -> first.getRequestPut().getKey();
      case REQUEST_DELETE_RANGE -> first.getRequestDeleteRange().getKey();
      case REQUEST_RANGE -> first.getRequestRange().getKey();
      case REQUEST_TXN -> key(first.getRequestTxn());
      case REQUEST_NOT_SET -> ByteString.EMPTY;
    };
  }
}
