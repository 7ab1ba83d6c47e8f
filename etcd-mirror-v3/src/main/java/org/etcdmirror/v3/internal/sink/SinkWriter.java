package org.etcdmirror.v3.internal.sink;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.etcdmirror.api.BatchTooLargeException;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.api.internal.WrittenIndexes;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.rpc.Compare;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.jspecify.annotations.Nullable;

/** Sends operations in fenced transactions. Used by the engine's thread alone. */
public final class SinkWriter {

  private static final int IN_FLIGHT = 16;
  private static final long PLAIN_BYTES = 256 * 1024;

  /**
   * One level of a transaction at etcd's default, so that nothing is nested where it need not be.
   */
  private static final int PLAIN_OPS = 127;

  private final V3Client client;
  private final SinkFence fence;
  private final SinkLimits limits;
  private final WrittenIndexes written;

  /**
   * A writer.
   *
   * @param written told of the revision of each transaction that was carried out
   */
  public SinkWriter(V3Client client, SinkFence fence, SinkLimits limits, WrittenIndexes written) {
    this.written = written;
    this.client = client;
    this.fence = fence;
    this.limits = limits;
  }

  /**
   * Writes all of these and the checkpoint, as one if they fit, else in parts that the checkpoint
   * announces.
   *
   * @param divisible whether they come of several indexes, so that they can be cut where the source
   *     was in between, which the operations do not tell
   * @throws BatchTooLargeException if they are divisible and do not fit
   */
  public void commit(List<RequestOp> ops, Checkpoint next, long index, boolean divisible)
      throws IOException, InterruptedException {
    while (true) {
      try {
        if (!ops.isEmpty()) {
          moveFence();
        }
        Checkpoint between = between(next, index);
        if (split(ops, fence.size(next)).size() <= 1) {
          commitPart(ops, between, next);
        } else if (divisible) {
          throw new BatchTooLargeException(
              "batch does not fit into one transaction: %d operations".formatted(ops.size()));
        } else {
          commitParts(ops, between, next);
        }
        return;
      } catch (PermanentException e) {
        if (!limits.lowered(e)) {
          throw e;
        }
      }
    }
  }

  private List<List<RequestOp>> split(List<RequestOp> ops, long checkpointBytes) {
    int capacity = SinkNesting.capacity(ops, limits.ops());
    return SinkNesting.split(ops, capacity, limits.room(checkpointBytes));
  }

  private void commitParts(List<RequestOp> ops, Checkpoint between, Checkpoint next)
      throws IOException, InterruptedException {
    List<List<RequestOp>> parts = split(ops, Math.max(fence.size(next), fence.size(between)));
    for (List<RequestOp> part : parts.subList(0, parts.size() - 1)) {
      commitPart(part, between, between);
    }
    commitPart(parts.get(parts.size() - 1), between, next);
  }

  /** The checkpoint while a batch is applied in parts. */
  private Checkpoint between(Checkpoint next, long index) {
    Checkpoint before = fence.checkpoint();
    // Before the first checkpoint nothing is applied, whatever the parts hold.
    Checkpoint reached =
        before == null ? new Checkpoint(0, next.clusterId(), next.scope(), next.savedAt()) : before;
    return reached.whileApplying(index);
  }

  /** A value that leaves no room for the checkpoint goes alone, between two of them. */
  private void commitPart(List<RequestOp> part, Checkpoint between, Checkpoint next)
      throws IOException, InterruptedException {
    try {
      commitOne(part, next);
    } catch (SinkTooLargeException e) {
      if (part.size() > 1) {
        throw e;
      }
      commitOne(List.of(), between);
      while (!writtenAlone(part)) {
        fence.settle();
      }
      commitOne(List.of(), next);
    }
  }

  private boolean writtenAlone(List<RequestOp> part) throws IOException, InterruptedException {
    long before = fence.newest();
    TxnResponse answer = SinkCalls.await(sendPlain(part));
    told(before, part, answer);
    return answer.getSucceeded();
  }

  private void commitOne(List<RequestOp> ops, Checkpoint next)
      throws IOException, InterruptedException {
    while (!moved(ops, next)) {
      fence.settle();
    }
  }

  /**
   * Sees to it that nothing that was sent before can happen from now on: the key is written once
   * more as it is. Should an earlier write turn out to have moved it, that does as well.
   */
  private void moveFence() throws IOException, InterruptedException {
    while (fence.mustMove()) {
      if (!moved(List.of(), fence.checkpoint())) {
        fence.settle();
      }
    }
  }

  /** One transaction that writes the key; false if it was refused as the key had moved. */
  private boolean moved(List<RequestOp> ops, @Nullable Checkpoint next)
      throws IOException, InterruptedException {
    SinkFence.Text text = fence.text(next);
    TxnRequest request =
        TxnRequest.newBuilder()
            .addAllCompare(fence.comparesOfClaim())
            .addAllSuccess(SinkNesting.nest(ops, limits.ops()))
            .addSuccess(text.put())
            .build();
    long before = fence.newest();
    TxnResponse answer =
        SinkCalls.await(send(request, refused -> tooLargeWithText(ops, request, refused)));
    // A write of the key has a revision of its own.
    fence.told(answer.getSucceeded() ? before + 1 : before, answer.getHeader());
    if (answer.getSucceeded()) {
      fence.written(text, answer.getHeader().getRevision());
    }
    return answer.getSucceeded();
  }

  /** Writes all of these in any order, several transactions at a time, without the checkpoint. */
  public void write(List<RequestOp> ops) throws IOException, InterruptedException {
    while (!ops.isEmpty()) {
      try {
        moveFence();
        int most = Math.min(SinkNesting.capacity(ops, limits.ops()), PLAIN_OPS);
        long bytes = Math.min(PLAIN_BYTES, limits.room(fence.size()));
        long before = fence.newest();
        List<List<RequestOp>> parts = SinkNesting.split(ops, most, bytes);
        List<TxnResponse> answers = SinkCalls.each(parts, IN_FLIGHT, this::sendPlain);
        for (int i = 0; i < answers.size(); i++) {
          told(before, parts.get(i), answers.get(i));
        }
        if (answers.stream().allMatch(TxnResponse::getSucceeded)) {
          return;
        }
        fence.settle();
      } catch (PermanentException e) {
        if (!limits.lowered(e)) {
          throw e;
        }
      }
    }
  }

  private void told(long least, List<RequestOp> part, TxnResponse answer)
      throws SinkRolledBackException {
    fence.told(least, answer.getHeader());
    if (answer.getSucceeded()) {
      fence.wrote(part, answer);
    }
  }

  private CompletableFuture<TxnResponse> sendPlain(List<RequestOp> ops) {
    TxnRequest request = plain(ops, fence.compareUnchanged());
    if (ops.size() > 1) {
      return send(
          request, refused -> new SinkTooLargeException(request.getSerializedSize(), refused));
    }
    // A value that the servers just take leaves no room for the fence's text. The fence counts both
    // requests as one, so that there is no moment between them at which nothing is in flight.
    TxnRequest smaller = plain(ops, fence.compareRevision());
    return explained(
        fence.noted(afterTooLarge(request(request), refused -> request(smaller))),
        refused -> SinkTooLargeException.alone(ops.get(0), smaller.getSerializedSize(), refused));
  }

  private TxnRequest plain(List<RequestOp> ops, Compare compare) {
    return TxnRequest.newBuilder()
        .addCompare(compare)
        .addAllSuccess(SinkNesting.nest(ops, limits.ops()))
        .build();
  }

  private CompletableFuture<TxnResponse> send(
      TxnRequest request, Function<V3PermanentException, PermanentException> tooLarge) {
    return explained(fence.noted(request(request)), tooLarge);
  }

  private CompletableFuture<TxnResponse> request(TxnRequest request) {
    return client.send(KVGrpc.getTxnMethod(), request);
  }

  private CompletableFuture<TxnResponse> explained(
      CompletableFuture<TxnResponse> sent,
      Function<V3PermanentException, PermanentException> tooLarge) {
    return afterTooLarge(
        sent.thenApply(this::remembered),
        refused -> CompletableFuture.failedFuture(tooLarge.apply(refused)));
  }

  private static CompletableFuture<TxnResponse> afterTooLarge(
      CompletableFuture<TxnResponse> sent,
      Function<V3PermanentException, CompletableFuture<TxnResponse>> next) {
    return sent.exceptionallyCompose(failure -> {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      return cause instanceof V3PermanentException refused && refused.tooLarge()
          ? next.apply(refused)
          : CompletableFuture.failedFuture(cause);
    });
  }

  private TxnResponse remembered(TxnResponse answer) {
    if (answer.getSucceeded()) {
      written.add(answer.getHeader().getRevision());
    }
    return answer;
  }

  private static PermanentException tooLargeWithText(
      List<RequestOp> ops, TxnRequest request, V3PermanentException refused) {
    long bytes = request.getSerializedSize();
    return ops.isEmpty()
        ? new PermanentException(
            "checkpoint is too large for the sink's servers: %d bytes (%s); raise --max-request-bytes"
                .formatted(bytes, refused.getMessage()),
            refused)
        : new SinkTooLargeException(bytes, refused);
  }
}
