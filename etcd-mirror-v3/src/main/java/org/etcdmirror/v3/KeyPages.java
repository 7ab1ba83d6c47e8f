package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.jspecify.annotations.Nullable;

/**
 * Single keys at one revision: many in a transaction that only reads, and several of these under
 * way. A page that a member fails to give is asked of the others. For one thread.
 */
final class KeyPages implements Pages {

  private static final int IN_FLIGHT = 4;

  /** etcd's default; a server that takes less says so. */
  private static final int MOST_KEYS = 128;

  private static final int FIRST_KEYS = 16;
  private static final int PAGE_BYTES = 512 << 10;

  /** What is under way. */
  private record Asked(List<ByteString> keys, CompletableFuture<TxnResponse> answer) {}

  private final V3Client client;
  private final ArrayDeque<ByteString> left = new ArrayDeque<>();
  private final ArrayDeque<Asked> asked = new ArrayDeque<>();
  private final ResponseHeader header;
  private @Nullable List<KeyValue> first;
  private int most = MOST_KEYS;
  private int keys = FIRST_KEYS;

  /** Reads the first key, which tells the revision for the others. */
  KeyPages(V3Client client, Collection<Bytes> wanted) throws IOException, InterruptedException {
    this.client = client;
    // No key of etcd is empty.
    wanted.stream().distinct().filter(key -> !key.isEmpty()).map(SinkKeys::wire).forEach(left::add);
    ByteString key = left.poll();
    RangeRequest request =
        key == null
            ? RangeRequest.newBuilder().setKey(KeyRange.FIRST_KEY).setCountOnly(true).build()
            : RangeRequest.newBuilder().setKey(key).build();
    RangeResponse answer = client.read(KVGrpc.getRangeMethod(), request);
    this.header = answer.getHeader();
    this.first = answer.getKvsList();
  }

  @Override
  public ResponseHeader header() {
    return header;
  }

  @Override
  public @Nullable List<KeyValue> next() throws IOException, InterruptedException {
    askForMore();
    List<KeyValue> page = first;
    if (page != null) {
      first = null;
      return page;
    }
    Asked oldest = asked.poll();
    return oldest == null ? null : await(oldest);
  }

  private void askForMore() {
    while (asked.size() < IN_FLIGHT && !left.isEmpty()) {
      List<ByteString> together = new ArrayList<>();
      while (together.size() < Math.min(keys, most) && !left.isEmpty()) {
        together.add(left.remove());
      }
      asked.add(new Asked(together, client.send(KVGrpc.getTxnMethod(), request(together))));
    }
  }

  private List<KeyValue> await(Asked page) throws IOException, InterruptedException {
    try {
      return take(page.keys(), V3Client.await(page.answer()));
    } catch (V3ErrorException e) {
      if (e.problem() != V3Problem.MEMBER_FAILED) {
        throw e;
      }
      return read(page.keys());
    } catch (V3PermanentException e) {
      return halves(page.keys(), e);
    }
  }

  private List<KeyValue> read(List<ByteString> together) throws IOException, InterruptedException {
    try {
      return take(together, client.read(KVGrpc.getTxnMethod(), request(together)));
    } catch (V3PermanentException e) {
      return halves(together, e);
    }
  }

  private List<KeyValue> halves(List<ByteString> together, V3PermanentException refused)
      throws IOException, InterruptedException {
    int half = together.size() / 2;
    if (!refused.tooManyOperations() || half == 0) {
      throw refused;
    }
    most = Math.min(most, half);
    List<KeyValue> both = new ArrayList<>(read(together.subList(0, half)));
    both.addAll(read(together.subList(half, together.size())));
    return both;
  }

  private List<KeyValue> take(List<ByteString> together, TxnResponse answer) throws IOException {
    RangePages.requireSameCluster(header, answer.getHeader());
    // As many keys as this page says are about the right size.
    keys = Math.max(1, PAGE_BYTES / Math.max(1, answer.getSerializedSize() / together.size()));
    List<KeyValue> found = new ArrayList<>();
    answer.getResponsesList().forEach(key -> found.addAll(key.getResponseRange().getKvsList()));
    return found;
  }

  private TxnRequest request(List<ByteString> together) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (ByteString key : together) {
      txn.addSuccess(
          RequestOp.newBuilder()
              .setRequestRange(
                  RangeRequest.newBuilder().setKey(key).setRevision(header.getRevision())));
    }
    return txn.build();
  }

  @Override
  public void close() {
    asked.forEach(page -> page.answer().cancel(true));
    asked.clear();
    left.clear();
    first = null;
  }
}
