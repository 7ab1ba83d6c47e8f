package org.etcdmirror.pairings.matrix;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.net.URI;
import org.etcdmirror.testkit.fault.RawGrpcChannel;
import org.etcdmirror.testkit.fault.RawGrpcServer;
import org.jspecify.annotations.Nullable;

/** Stands before an etcd v3 and reads gRPC. */
final class V3Tap implements Tap {

  private final V3Requests requests;
  private final RawGrpcChannel etcd;
  private final RawGrpcServer server;
  private volatile @Nullable Trap trap;

  V3Tap(URI etcd, String prefix) {
    this.requests = new V3Requests(prefix);
    this.etcd = new RawGrpcChannel(etcd);
    this.server = RawGrpcServer.start(this::begun);
  }

  @Override
  public URI url() {
    return server.url();
  }

  @Override
  public void set(@Nullable Trap next) {
    trap = next;
  }

  private Fate fateOf(Asked asked) {
    Trap set = trap;
    return set == null ? Fate.PASSED : set.fateOf(asked);
  }

  private ServerCall.Listener<byte[]> begun(String method, ServerCall<byte[], byte[]> call) {
    Answers answers = new Answers(method, call);
    return new SimpleForwardingServerCallListener<>(etcd.pass(method, answers)) {
      @Override
      public void onMessage(byte[] message) {
        switch (fateOf(requests.request(method, message))) {
          case PASSED -> super.onMessage(message);
          case ANSWER_LOST -> {
            answers.loseNext();
            super.onMessage(message);
          }
          case DROPPED -> {
            // The fault ends the connection.
          }
        }
      }
    };
  }

  @Override
  public void close() {
    server.close();
    etcd.close();
  }

  /** The answers of one call, on their way to the mirror. */
  private final class Answers extends SimpleForwardingServerCall<byte[], byte[]> {

    private final String method;
    private volatile boolean losesNext;
    private boolean lost;

    Answers(String method, ServerCall<byte[], byte[]> call) {
      super(call);
      this.method = method;
    }

    void loseNext() {
      losesNext = true;
    }

    @Override
    public MethodDescriptor<byte[], byte[]> getMethodDescriptor() {
      return delegate().getMethodDescriptor();
    }

    @Override
    public synchronized void sendMessage(byte[] message) {
      if (lost) {
        return;
      }
      if (losesNext || fateOf(requests.answer(method, message)) != Fate.PASSED) {
        lost = true;
        super.close(Status.UNAVAILABLE.withDescription("the connection was lost"), new Metadata());
      } else {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!lost) {
        super.close(status, trailers);
      }
    }
  }
}
