package org.etcdmirror.service.attack;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import org.etcdmirror.testkit.fault.RawGrpcChannel;
import org.etcdmirror.testkit.fault.RawGrpcServer;

/** Answers the calls of one method, and has a real etcd answer all others. */
final class MeddlingGrpc implements AutoCloseable {

  private static final int PLENTY = 1_000_000;

  /** Handles each message of a client. */
  @FunctionalInterface
  interface Answer {
    void to(byte[] message, ServerCall<byte[], byte[]> call) throws IOException;
  }

  private final RawGrpcChannel etcd;
  private final RawGrpcServer server;

  MeddlingGrpc(URI etcd, MethodDescriptor<?, ?> method, Answer answer) {
    RawGrpcChannel channel = new RawGrpcChannel(etcd);
    this.etcd = channel;
    this.server =
        RawGrpcServer.start((asked, call) ->
            asked.equals(method.getFullMethodName())
                ? meddle(call, answer)
                : channel.pass(asked, call));
  }

  URI url() {
    return server.url();
  }

  @Override
  public void close() {
    server.close();
    etcd.close();
  }

  private static ServerCall.Listener<byte[]> meddle(
      ServerCall<byte[], byte[]> call, Answer answer) {
    call.request(PLENTY);
    call.sendHeaders(new Metadata());
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
}
