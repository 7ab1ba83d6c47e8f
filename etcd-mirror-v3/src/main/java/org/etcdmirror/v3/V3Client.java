package org.etcdmirror.v3;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Access;
import org.etcdmirror.api.PermanentException;

/**
 * One etcd cluster: watches on one channel, everything else on another. Safe for use by many
 * threads.
 */
final class V3Client implements AutoCloseable {

  private static final int MAX_INBOUND = Integer.MAX_VALUE;
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final ManagedChannel calls;
  private final ManagedChannel watches;

  private V3Client(URI endpoint) {
    this.calls = channel(endpoint);
    this.watches = channel(endpoint);
  }

  private static ManagedChannel channel(URI endpoint) {
    return NettyChannelBuilder.forAddress(endpoint.getHost(), endpoint.getPort())
        .usePlaintext()
        .maxInboundMessageSize(MAX_INBOUND)
        .build();
  }

  /** Nothing is connected yet. */
  static V3Client connect(List<String> endpoints, Access access) {
    return new V3Client(URI.create(endpoints.get(0)));
  }

  /**
   * One attempt on the member that is in use, which is another one after a failure of that member.
   * A failed write may have been applied all the same.
   *
   * @throws IOException if it may work later
   * @throws PermanentException if it never will
   */
  <Q, R> R call(MethodDescriptor<Q, R> method, Q request) throws IOException, InterruptedException {
    try {
      return send(method, request).get();
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

  /** The same without waiting; fails with what {@link #call} throws. */
  <Q, R> CompletableFuture<R> send(MethodDescriptor<Q, R> method, Q request) {
    CompletableFuture<R> answer = new CompletableFuture<>();
    ClientCall<Q, R> call =
        calls.newCall(
            method,
            CallOptions.DEFAULT.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS));
    var future = ClientCalls.futureUnaryCall(call, request);
    future.addListener(
        () -> {
          try {
            answer.complete(future.get());
          } catch (ExecutionException e) {
            answer.completeExceptionally(
                e.getCause() instanceof StatusRuntimeException status
                    ? new IOException(method.getFullMethodName() + ": " + status.getStatus(), e)
                    : e.getCause());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        Runnable::run);
    return answer;
  }

  /** A call on the watches' channel, without a deadline, to be started by the caller. */
  <Q, R> ClientCall<Q, R> stream(MethodDescriptor<Q, R> method) {
    return watches.newCall(method, CallOptions.DEFAULT);
  }

  @Override
  public void close() {
    calls.shutdownNow();
    watches.shutdownNow();
  }
}
