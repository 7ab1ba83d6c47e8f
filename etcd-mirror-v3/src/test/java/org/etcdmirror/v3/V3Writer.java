package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntFunction;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.DeleteRangeRequest;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;

/** Writes into a cluster, each call as one revision. */
final class V3Writer implements AutoCloseable {

  private static final int MOST_OPS = 128;
  private static final int IN_FLIGHT = 16;

  private final V3Client client;

  V3Writer(String endpoint) {
    this(List.of(URI.create(endpoint)));
  }

  V3Writer(Collection<URI> endpoints) {
    client = V3Client.connect(endpoints.stream().map(URI::toString).toList(), Access.ANONYMOUS);
  }

  long write(RequestOp... ops) throws IOException, InterruptedException {
    return write(List.of(ops));
  }

  long write(List<RequestOp> ops) throws IOException, InterruptedException {
    TxnRequest txn = TxnRequest.newBuilder().addAllSuccess(ops).build();
    return client.call(KVGrpc.getTxnMethod(), txn).getHeader().getRevision();
  }

  /**
   * Many operations, in transactions of the largest size, in no particular order. A transaction
   * that fails is repeated: a busy cluster may change its leader meanwhile.
   */
  void fill(int count, IntFunction<RequestOp> op) {
    ArrayDeque<Sent> open = new ArrayDeque<>();
    for (int from = 0; from < count; from += MOST_OPS) {
      TxnRequest.Builder txn = TxnRequest.newBuilder();
      for (int i = from; i < Math.min(count, from + MOST_OPS); i++) {
        txn.addSuccess(op.apply(i));
      }
      if (open.size() == IN_FLIGHT) {
        finish(open.remove());
      }
      open.add(new Sent(txn.build(), client.send(KVGrpc.getTxnMethod(), txn.build())));
    }
    open.forEach(this::finish);
  }

  private void finish(Sent sent) {
    try {
      sent.answer().join();
    } catch (CompletionException e) {
      V3Patience.read(() -> client.call(KVGrpc.getTxnMethod(), sent.txn()));
    }
  }

  private record Sent(TxnRequest txn, CompletableFuture<TxnResponse> answer) {}

  static RequestOp put(String key, String value) {
    return put(ByteString.copyFromUtf8(key), ByteString.copyFromUtf8(value));
  }

  static RequestOp put(ByteString key, ByteString value) {
    return RequestOp.newBuilder()
        .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value))
        .build();
  }

  static RequestOp delete(String key) {
    return delete(ByteString.copyFromUtf8(key));
  }

  static RequestOp delete(ByteString key) {
    return RequestOp.newBuilder()
        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))
        .build();
  }

  static RequestOp deletePrefix(String prefix) {
    KeyRange range = KeyRange.of(Bytes.utf8(prefix));
    return RequestOp.newBuilder()
        .setRequestDeleteRange(
            DeleteRangeRequest.newBuilder().setKey(range.from()).setRangeEnd(range.end()))
        .build();
  }

  @Override
  public void close() {
    client.close();
  }
}
