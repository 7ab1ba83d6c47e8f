package org.etcdmirror.service.attack;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/** Answers the calls of one method, and has a real etcd answer all others. */
final class MeddlingGrpc implements AutoCloseable {

  private static final int PLENTY = 1_000_000;

  /** Handles each message of a client. */
  @FunctionalInterface
  interface Answer {
    void to(byte[] message, ServerCall<byte[], byte[]> call) throws IOException;
  }

  private final ManagedChannel etcd;
  private final Server server;
  private final String method;
  private final Answer answer;

  MeddlingGrpc(URI etcd, MethodDescriptor<?, ?> method, Answer answer) {
    this.method = method.getFullMethodName();
    this.answer = answer;
    this.etcd =
        NettyChannelBuilder.forAddress(
                etcd.getHost(), etcd.getPort(), InsecureChannelCredentials.create())
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build();
    try {
      this.server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  InsecureServerCredentials.create())
              .maxInboundMessageSize(Integer.MAX_VALUE)
              .fallbackHandlerRegistry(new Registry())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  @Override
  public void close() {
    server.shutdownNow();
    etcd.shutdownNow();
  }

  private static MethodDescriptor<byte[], byte[]> raw(String method) {
    return MethodDescriptor.newBuilder(new Raw(), new Raw())
        .setFullMethodName(method)
        .setType(MethodType.BIDI_STREAMING)
        .build();
  }

  private final class Registry extends HandlerRegistry {

    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String asked, String authority) {
      return ServerMethodDefinition.create(
          raw(asked),
          (call, headers) -> {
            call.request(PLENTY);
            call.sendHeaders(new Metadata());
            return asked.equals(method) ? meddle(call) : pass(asked, call);
          });
    }
  }

  private ServerCall.Listener<byte[]> meddle(ServerCall<byte[], byte[]> call) {
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(byte[] message) {
        try {
          answer.to(message, call);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private ServerCall.Listener<byte[]> pass(String asked, ServerCall<byte[], byte[]> call) {
    ClientCall<byte[], byte[]> onward = etcd.newCall(raw(asked), CallOptions.DEFAULT);
    onward.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(byte[] message) {
            call.sendMessage(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            call.close(status, new Metadata());
          }
        },
        new Metadata());
    onward.request(PLENTY);
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

  /** Messages as they are. */
  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
