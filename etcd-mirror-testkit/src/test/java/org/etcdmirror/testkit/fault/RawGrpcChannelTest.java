package org.etcdmirror.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RawGrpcChannelTest {

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  /** Ends each call with the token that it came with. */
  private static ServerCall.Listener<byte[]> returnToken(
      String method, ServerCall<byte[], byte[]> call) {
    Metadata trailers = new Metadata();
    trailers.put(TOKEN, RawGrpcServer.HEADERS.get().get(TOKEN));
    call.close(Status.UNAVAILABLE, trailers);
    return new ServerCall.Listener<>() {};
  }

  @Test
  void passedCallKeepsItsHeadersAndTrailers() throws Exception {
    CompletableFuture<Metadata> ended = new CompletableFuture<>();
    try (RawGrpcServer target = RawGrpcServer.start(RawGrpcChannelTest::returnToken);
        RawGrpcChannel onward = new RawGrpcChannel(target.url());
        RawGrpcServer between = RawGrpcServer.start(onward::pass)) {
      ManagedChannel client =
          NettyChannelBuilder.forAddress(
                  between.url().getHost(),
                  between.url().getPort(),
                  InsecureChannelCredentials.create())
              .build();
      try {
        Metadata headers = new Metadata();
        headers.put(TOKEN, "t1");
        client
            .newCall(
                RawGrpcServer.method("test/Call", MethodType.BIDI_STREAMING), CallOptions.DEFAULT)
            .start(
                new ClientCall.Listener<>() {
                  @Override
                  public void onClose(Status status, Metadata trailers) {
                    ended.complete(trailers);
                  }
                },
                headers);
        assertThat(ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).get(TOKEN)).isEqualTo("t1");
      } finally {
        client.shutdownNow();
      }
    }
  }
}
