package org.etcdmirror.benchmarks.client;

import com.google.protobuf.ByteString;
import java.util.List;
import org.etcdmirror.v3.rpc.DeleteRangeRequest;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;

/** Messages of v3 writes. */
public final class V3Writes {

  /** What a server takes in one transaction with default settings. */
  private static final int MOST_OPERATIONS = 128;

  /** The levels of a transaction share the limit. */
  private static final int OF_TWO_LEVELS = MOST_OPERATIONS / 2;

  private V3Writes() {}

  /** Sets a key. */
  public static RequestOp put(ByteString key, ByteString value) {
    return RequestOp.newBuilder()
        .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value))
        .build();
  }

  /** Deletes a key. */
  public static RequestOp delete(ByteString key) {
    return RequestOp.newBuilder()
        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))
        .build();
  }

  /** One revision of at most 4096 operations, in transactions within a transaction where needed. */
  public static TxnRequest transaction(List<RequestOp> operations) {
    TxnRequest.Builder whole = TxnRequest.newBuilder();
    if (operations.size() <= MOST_OPERATIONS) {
      return whole.addAllSuccess(operations).build();
    }
    for (int from = 0; from < operations.size(); from += OF_TWO_LEVELS) {
      List<RequestOp> part =
          operations.subList(from, Math.min(operations.size(), from + OF_TWO_LEVELS));
      whole.addSuccess(
          RequestOp.newBuilder().setRequestTxn(TxnRequest.newBuilder().addAllSuccess(part)));
    }
    return whole.build();
  }

  /** The key behind all keys with a prefix that ends in a plain letter or a slash. */
  public static ByteString endOf(String prefix) {
    int last = prefix.length() - 1;
    return ByteString.copyFromUtf8(prefix.substring(0, last) + (char) (prefix.charAt(last) + 1));
  }
}
