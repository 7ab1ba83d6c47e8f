package org.etcdmirror.v3.internal.watch;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.DeleteRangeRequest;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;

/** Writes a random history: puts, deletes, transactions of many keys, deletes of prefixes. */
final class WrittenHistory {

  static final List<String> PREFIXES = List.of("/a/", "/b/", "/other/");

  private static final int IN_FLIGHT = 64;
  private static final int KEYS = 50;

  private final V3Client client;
  private final Random random;
  private final ArrayDeque<CompletableFuture<TxnResponse>> sent = new ArrayDeque<>();
  private long last;

  WrittenHistory(V3Client client, Random random) {
    this.client = client;
    this.random = random;
  }

  /** Writes so many revisions and returns the last one. */
  long write(int revisions, int mostBytes) {
    for (int i = 0; i < revisions; i++) {
      if (sent.size() == IN_FLIGHT) {
        settle();
      }
      TxnRequest txn = TxnRequest.newBuilder().addAllSuccess(operations(mostBytes)).build();
      sent.add(client.send(KVGrpc.getTxnMethod(), txn));
    }
    while (!sent.isEmpty()) {
      settle();
    }
    return last;
  }

  private void settle() {
    last = Math.max(last, sent.remove().join().getHeader().getRevision());
  }

  private List<RequestOp> operations(int mostBytes) {
    if (random.nextInt(200) == 0) {
      return List.of(deletePrefix(prefix() + random.nextInt(3)));
    }
    List<RequestOp> operations = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (int n = random.nextInt(10) == 0 ? random.nextInt(20) : 0; n >= 0; n--) {
      String key = prefix() + random.nextInt(KEYS);
      if (keys.add(key)) {
        operations.add(random.nextInt(4) == 0 ? delete(key) : put(key, mostBytes));
      }
    }
    return operations;
  }

  private String prefix() {
    return PREFIXES.get(random.nextInt(PREFIXES.size()));
  }

  private RequestOp put(String key, int mostBytes) {
    byte[] value = new byte[random.nextInt(mostBytes)];
    random.nextBytes(value);
    return RequestOp.newBuilder()
        .setRequestPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFrom(value)))
        .build();
  }

  private static RequestOp delete(String key) {
    return RequestOp.newBuilder()
        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
        .build();
  }

  private static RequestOp deletePrefix(String prefix) {
    KeyRange range = KeyRange.of(Bytes.utf8(prefix));
    return RequestOp.newBuilder()
        .setRequestDeleteRange(
            DeleteRangeRequest.newBuilder().setKey(range.from()).setRangeEnd(range.end()))
        .build();
  }
}
