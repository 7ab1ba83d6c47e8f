package org.etcdmirror.benchmarks.client;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.jspecify.annotations.Nullable;

/**
 * Writes that do not wait for each other. A server executes them in any order. Safe for use by many
 * threads.
 */
public final class V3Pipeline {

  private final V3Connection server;
  private final int mostInFlight;
  private final Semaphore free;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /** A pipeline with a limit of transactions without an answer. */
  public V3Pipeline(V3Connection server, int mostInFlight) {
    this.server = server;
    this.mostInFlight = mostInFlight;
    this.free = new Semaphore(mostInFlight);
  }

  /** Sends a transaction; waits while too many have no answer. */
  public void send(TxnRequest transaction) throws InterruptedException {
    failIfFailed();
    free.acquire();
    server.transact(transaction, new Answer());
  }

  /** Waits for all answers. */
  public void finish() throws InterruptedException {
    free.acquire(mostInFlight);
    free.release(mostInFlight);
    failIfFailed();
  }

  private void failIfFailed() {
    Throwable first = failure.get();
    if (first != null) {
      throw new IllegalStateException("a write failed", first);
    }
  }

  private final class Answer implements StreamObserver<TxnResponse> {

    @Override
    public void onNext(TxnResponse answer) {}

    @Override
    public void onError(Throwable error) {
      failure.compareAndSet(null, error);
      free.release();
    }

    @Override
    public void onCompleted() {
      free.release();
    }
  }
}
