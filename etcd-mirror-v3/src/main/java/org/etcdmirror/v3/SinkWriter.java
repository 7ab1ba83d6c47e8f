package org.etcdmirror.v3;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;

/** Sends operations in fenced transactions. Used by the engine's thread alone. */
final class SinkWriter {

  private static final int IN_FLIGHT = 16;
  private static final long PLAIN_BYTES = 256 * 1024;
  private static final int PLAIN_OPS = 128;
  private static final int MARGIN = 1024;

  private final V3Client client;
  private final SinkFence fence;
  private final long maxRequestBytes;
  private int width;

  SinkWriter(V3Client client, SinkFence fence, int maxTxnOps, long maxRequestBytes) {
    this.client = client;
    this.fence = fence;
    this.width = maxTxnOps;
    this.maxRequestBytes = maxRequestBytes;
  }

  /** All of these and the checkpoint, as one if they fit, else in parts with a word about it. */
  void commit(List<RequestOp> ops, Checkpoint next, long index)
      throws IOException, InterruptedException {
    Checkpoint before = fence.checkpoint();
    // Before the first checkpoint nothing is applied, whatever the parts hold.
    Checkpoint reached =
        before == null ? new Checkpoint(0, next.clusterId(), next.scope(), next.savedAt()) : before;
    Checkpoint between = reached.whileApplying(index);
    RequestOp last = fence.put(next);
    long room =
        maxRequestBytes
            - MARGIN
            - Math.max(last.getSerializedSize(), fence.put(between).getSerializedSize());
    check(ops, room);
    while (true) {
      try {
        int capacity = SinkNesting.capacity(width);
        List<List<RequestOp>> parts = new ArrayList<>(SinkNesting.split(ops, capacity, room));
        if (parts.isEmpty()) {
          parts.add(List.of());
        }
        for (List<RequestOp> part : parts.subList(0, parts.size() - 1)) {
          commitOne(part, between);
        }
        commitOne(parts.get(parts.size() - 1), next);
        return;
      } catch (IOException | PermanentException e) {
        if (!narrowed(e)) {
          throw e;
        }
      }
    }
  }

  private void commitOne(List<RequestOp> ops, Checkpoint next)
      throws IOException, InterruptedException {
    while (true) {
      TxnRequest request =
          TxnRequest.newBuilder()
              .addCompare(fence.unmoved())
              .addAllSuccess(SinkNesting.nest(ops, width))
              .addSuccess(fence.put(next))
              .build();
      TxnResponse answer = client.call(KVGrpc.getTxnMethod(), request);
      if (answer.getSucceeded()) {
        fence.written(next, answer.getHeader().getRevision());
        return;
      }
      fence.settle();
    }
  }

  /** All of these in any order, several transactions at a time, without the checkpoint. */
  void write(List<RequestOp> ops) throws IOException, InterruptedException {
    check(ops, maxRequestBytes - MARGIN);
    while (true) {
      try {
        if (writeAll(SinkNesting.split(ops, Math.min(width, PLAIN_OPS), PLAIN_BYTES))) {
          return;
        }
        fence.settle();
      } catch (IOException | PermanentException e) {
        if (!narrowed(e)) {
          throw e;
        }
      }
    }
  }

  private boolean writeAll(List<List<RequestOp>> parts) throws IOException, InterruptedException {
    Deque<CompletableFuture<TxnResponse>> sent = new ArrayDeque<>();
    boolean unmoved = true;
    try {
      for (List<RequestOp> part : parts) {
        if (sent.size() == IN_FLIGHT) {
          unmoved &= await(sent.remove()).getSucceeded();
        }
        TxnRequest request =
            TxnRequest.newBuilder().addCompare(fence.unmoved()).addAllSuccess(part).build();
        sent.add(client.send(KVGrpc.getTxnMethod(), request));
      }
      while (!sent.isEmpty()) {
        unmoved &= await(sent.remove()).getSucceeded();
      }
    } finally {
      for (CompletableFuture<TxnResponse> left : sent) {
        left.handle((answer, failure) -> true).join();
      }
    }
    return unmoved;
  }

  static <T> T await(CompletableFuture<T> answer) throws IOException, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException transientFailure) {
        throw transientFailure;
      }
      if (e.getCause() instanceof PermanentException permanent) {
        throw permanent;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Makes transactions narrower if that is what the server wants, and tells whether it did. */
  private boolean narrowed(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null && message.contains("too many operations") && width > 2) {
        width = Math.max(2, width / 2);
        return true;
      }
    }
    return false;
  }

  private static void check(List<RequestOp> ops, long room) {
    for (RequestOp op : ops) {
      long size = SinkNesting.cost(op);
      if (size > room) {
        throw new PermanentException(
            "%s takes %d bytes, and a request to the sink has room for %d"
                .formatted(SinkKeys.bytes(op.getRequestPut().getKey()), size, room));
      }
    }
  }
}
