package org.etcdmirror.v3.internal.read;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;
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

  /** Where keys are larger than those before let expect, fewer are asked for. */
  private static final int MOST_BYTES = 4 << 20;

  /** Requests in flight, or, without an answer, still to be sent. */
  private record Asked(List<ByteString> keys, @Nullable CompletableFuture<TxnResponse> answer) {}

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
    wanted.stream().distinct().filter(key -> !key.isEmpty()).map(Wire::wire).forEach(left::add);
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
      TxnRequest request = request(together);
      asked.add(
          new Asked(together, client.send(KVGrpc.getTxnMethod(), request, mostBytes(together))));
    }
  }

  private List<KeyValue> await(Asked page) throws IOException, InterruptedException {
    CompletableFuture<TxnResponse> answer = page.answer();
    if (answer == null) {
      return read(page.keys());
    }
    try {
      return take(page.keys(), V3Client.await(answer));
    } catch (V3ErrorException e) {
      if (e.problem() != V3Problem.MEMBER_FAILED && e.problem() != V3Problem.ANSWER_TOO_LARGE) {
        throw e;
      }
    } catch (V3PermanentException e) {
      if (!e.tooManyOperations()) {
        throw e;
      }
    }
    return read(page.keys());
  }

  /** Reads the keys on any member that answers; as many as fit at once, then the others. */
  private List<KeyValue> read(List<ByteString> wanted) throws IOException, InterruptedException {
    List<ByteString> together = wanted;
    while (true) {
      try {
        TxnRequest request = request(together);
        return take(together, client.read(KVGrpc.getTxnMethod(), request, mostBytes(together)));
      } catch (V3ErrorException e) {
        if (e.problem() != V3Problem.ANSWER_TOO_LARGE || together.size() == 1) {
          throw e;
        }
        keys = 1;
      } catch (V3PermanentException e) {
        if (!e.tooManyOperations() || together.size() == 1) {
          throw e;
        }
        most = Math.min(most, together.size() / 2);
      }
      int half = together.size() / 2;
      asked.addFirst(new Asked(together.subList(half, together.size()), null));
      together = together.subList(0, half);
    }
  }

  /** One key is as large as it is. */
  private static int mostBytes(List<ByteString> together) {
    return together.size() == 1 ? Integer.MAX_VALUE : MOST_BYTES;
  }

  private List<KeyValue> take(List<ByteString> together, TxnResponse answer) throws IOException {
    RangePages.requireSameCluster(client, header, answer.getHeader());
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
    for (Asked page : asked) {
      if (page.answer() != null) {
        page.answer().cancel(true);
      }
    }
    asked.clear();
    left.clear();
    first = null;
  }
}
