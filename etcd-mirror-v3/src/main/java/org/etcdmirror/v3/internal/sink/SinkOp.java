package org.etcdmirror.v3.internal.sink;

import com.google.protobuf.ByteString;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.Compare;
import org.etcdmirror.v3.rpc.DeleteRangeRequest;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;

/** The single operations that a sink needs. */
public final class SinkOp {

  private SinkOp() {}

  public static RequestOp put(Bytes key, ByteString value, long lease) {
    return put(
        PutRequest.newBuilder().setKey(Wire.wire(key)).setValue(value).setLease(lease).build());
  }

  private static RequestOp put(PutRequest request) {
    return RequestOp.newBuilder().setRequestPut(request).build();
  }

  public static RequestOp delete(Bytes key) {
    return delete(DeleteRangeRequest.newBuilder().setKey(Wire.wire(key)).build());
  }

  public static RequestOp delete(SinkBounds.Span span) {
    if (span.end().equals(Wire.after(span.from()))) {
      return delete(span.from());
    }
    return delete(
        DeleteRangeRequest.newBuilder()
            .setKey(Wire.wire(span.from()))
            .setRangeEnd(Wire.wire(span.end()))
            .build());
  }

  private static RequestOp delete(DeleteRangeRequest request) {
    return RequestOp.newBuilder().setRequestDeleteRange(request).build();
  }

  /** The value stays as it is; a key that is not there stays away. A transaction of its own. */
  public static RequestOp moveToLease(Bytes key, long lease) {
    ByteString wire = Wire.wire(key);
    Compare exists =
        Compare.newBuilder()
            .setResult(Compare.CompareResult.GREATER)
            .setTarget(Compare.CompareTarget.VERSION)
            .setKey(wire)
            .setVersion(0)
            .build();
    PutRequest move =
        PutRequest.newBuilder().setKey(wire).setLease(lease).setIgnoreValue(true).build();
    return RequestOp.newBuilder()
        .setRequestTxn(TxnRequest.newBuilder().addCompare(exists).addSuccess(put(move)))
        .build();
  }

  /** The key, or the first one, that an operation is about. */
  static Bytes keyOf(RequestOp op) {
    return switch (op.getRequestCase()) {
      case REQUEST_PUT -> Wire.bytes(op.getRequestPut().getKey());
      case REQUEST_DELETE_RANGE -> Wire.bytes(op.getRequestDeleteRange().getKey());
      case REQUEST_TXN -> keyOf(op.getRequestTxn().getSuccess(0));
      default -> throw new IllegalStateException("not an operation of a sink: " + op);
    };
  }
}
