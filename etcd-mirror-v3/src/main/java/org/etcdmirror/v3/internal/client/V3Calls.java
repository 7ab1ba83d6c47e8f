package org.etcdmirror.v3.internal.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request, one answer. */
final class V3Calls {

  private V3Calls() {}

  /**
   * Fails with an {@link java.io.IOException} or {@link org.etcdmirror.api.PermanentException}.
   * Cancelled, it ends the call.
   *
   * @param channel one of the member's
   */
  static <Q, R> CompletableFuture<R> unary(
      V3Member member,
      Channel channel,
      MethodDescriptor<Q, R> method,
      CallOptions options,
      Q request,
      @Nullable String user) {
    CompletableFuture<R> answer = new CompletableFuture<>();
    ClientCall<Q, R> call = channel.newCall(method, options);
    call.start(
        new ClientCall.Listener<R>() {
          private @Nullable R message;

          @Override
          public void onMessage(R received) {
            message = received;
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            R received = message;
            if (status.isOk() && received != null) {
              answer.complete(received);
            } else {
              fail(status.isOk() ? Status.INTERNAL.withDescription("no answer") : status);
            }
          }

          private void fail(Status status) {
            Throwable failure;
            try {
              failure =
                  V3Failures.of(
                      member.explained(status),
                      member.endpoint(),
                      method.getFullMethodName(),
                      user,
                      () -> V3Rights.of(request));
            } catch (Throwable e) {
              // An Error too: the caller would wait without end.
              failure = e;
            }
            answer.completeExceptionally(failure);
          }
        },
        new Metadata());
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
    CompletableFuture<R> unused =
        answer.whenComplete((result, failure) -> {
          if (answer.isCancelled()) {
            call.cancel("no longer wanted", null);
          }
        });
    return answer;
  }
}
