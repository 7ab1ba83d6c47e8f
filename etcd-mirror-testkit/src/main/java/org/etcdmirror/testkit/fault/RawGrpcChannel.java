package org.etcdmirror.testkit.fault;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.URI;

/**
 * A connection to a gRPC server, for the calls of a {@link RawGrpcServer} that are passed on to it.
 * Safe for use by many threads.
 */
public final class RawGrpcChannel implements AutoCloseable {

  /** More messages than any call has. */
  private static final int ALL = Integer.MAX_VALUE;

  private final ManagedChannel channel;

  /** A channel to a server; nothing is connected yet. */
  public RawGrpcChannel(URI server) {
    this.channel =
        NettyChannelBuilder.forAddress(
                server.getHost(), server.getPort(), InsecureChannelCredentials.create())
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build();
  }

  /** Receives the answer of a call. */
  @FunctionalInterface
  public interface Answer {
    /**
     * The call has ended.
     *
     * @param message the last message; empty if there was none
     */
    void ended(byte[] message, Status status);
  }

  /** Sends a request with one answer. */
  public void send(String method, byte[] request, Answer answer) {
    ClientCall<byte[], byte[]> call =
        channel.newCall(RawGrpcServer.method(method, MethodType.UNARY), CallOptions.DEFAULT);
    call.start(new LastMessage(answer), new Metadata());
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
  }

  /**
   * Passes a call on while {@link RawGrpcServer.Handler#begun} handles it: its headers, every
   * message of either side, and the end.
   */
  public ServerCall.Listener<byte[]> pass(String method, ServerCall<byte[], byte[]> call) {
    ClientCall<byte[], byte[]> onward =
        channel.newCall(
            RawGrpcServer.method(method, MethodType.BIDI_STREAMING), CallOptions.DEFAULT);
    call.sendHeaders(new Metadata());
    onward.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(byte[] message) {
            call.sendMessage(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            call.close(status, trailers);
          }
        },
        headers());
    onward.request(ALL);
    call.request(ALL);
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(byte[] message) {
        onward.sendMessage(message);
      }

      @Override
      public void onHalfClose() {
        onward.halfClose();
      }

      @Override
      public void onCancel() {
        onward.cancel("the client went away", null);
      }
    };
  }

  private static Metadata headers() {
    Metadata headers = new Metadata();
    Metadata received = RawGrpcServer.HEADERS.get();
    if (received != null) {
      headers.merge(received);
    }
    return headers;
  }

  /** Ends every call. */
  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static final class LastMessage extends ClientCall.Listener<byte[]> {

    private final Answer answer;
    private byte[] message = new byte[0];

    LastMessage(Answer answer) {
      this.answer = answer;
    }

    @Override
    public void onMessage(byte[] received) {
      message = received;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      answer.ended(message, status);
    }
  }
}
