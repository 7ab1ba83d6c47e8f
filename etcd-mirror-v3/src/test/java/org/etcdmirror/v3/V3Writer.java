package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.util.List;
import org.etcdmirror.api.Access;
import org.etcdmirror.v3.rpc.DeleteRangeRequest;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;

/** Writes into a server, each call as one revision. */
final class V3Writer implements AutoCloseable {

  private final V3Client client;

  V3Writer(String endpoint) {
    client = V3Client.connect(List.of(endpoint), Access.ANONYMOUS);
  }

  long write(RequestOp... ops) throws Exception {
    TxnRequest txn = TxnRequest.newBuilder().addAllSuccess(List.of(ops)).build();
    return client.call(KVGrpc.getTxnMethod(), txn).getHeader().getRevision();
  }

  static RequestOp put(String key, String value) {
    return RequestOp.newBuilder()
        .setRequestPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value)))
        .build();
  }

  static RequestOp delete(String key) {
    return RequestOp.newBuilder()
        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
        .build();
  }

  @Override
  public void close() {
    client.close();
  }
}
