package org.etcdmirror.v3;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.testkit.fault.RawGrpcServer;

/** A gRPC server that refuses every call with the same status. */
final class RefusingServer implements AutoCloseable {

  private final AtomicInteger refused = new AtomicInteger();
  private final RawGrpcServer server;

  RefusingServer(Status refusal) {
    this.server =
        RawGrpcServer.start((method, call) -> {
          refused.incrementAndGet();
          call.close(refusal, new Metadata());
          return new ServerCall.Listener<>() {};
        });
  }

  URI url() {
    return server.url();
  }

  int refused() {
    return refused.get();
  }

  @Override
  public void close() {
    server.close();
  }
}
