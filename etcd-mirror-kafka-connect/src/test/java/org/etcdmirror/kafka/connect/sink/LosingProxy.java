package org.etcdmirror.kafka.connect.sink;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.testkit.fault.RawGrpcChannel;
import org.etcdmirror.testkit.fault.RawGrpcServer;

/** Stands before an etcd and loses transactions, or their answers. Safe for use by many threads. */
final class LosingProxy implements AutoCloseable {

  /** What becomes of a transaction. */
  enum Fate {
    PASSED,
    /** It is executed, and its sender is told that the connection is gone. */
    ANSWER_LOST,
    /** It is never executed, and its sender is told the same. */
    LOST
  }

  private static final String TXN = "etcdserverpb.KV/Txn";

  private final RawGrpcChannel target;
  private final RawGrpcServer server;
  private final Queue<Fate> fates = new ConcurrentLinkedQueue<>();
  private final AtomicInteger lost = new AtomicInteger();

  LosingProxy(URI etcd) {
    this.target = new RawGrpcChannel(etcd);
    this.server = RawGrpcServer.start(method -> MethodType.UNARY, this::begun);
  }

  String url() {
    return server.url().toString();
  }

  /** What becomes of the next transaction that has no fate yet. */
  void next(Fate fate) {
    fates.add(fate);
  }

  /** How many transactions or answers were lost. */
  int lost() {
    return lost.get();
  }

  private ServerCall.Listener<byte[]> begun(String method, ServerCall<byte[], byte[]> call) {
    call.request(2);
    return new ServerCall.Listener<>() {
      private byte[] request = new byte[0];

      @Override
      public void onMessage(byte[] message) {
        request = message;
      }

      @Override
      public void onHalfClose() {
        decide(method, request, call);
      }
    };
  }

  private void decide(String method, byte[] request, ServerCall<byte[], byte[]> call) {
    Fate next = method.equals(TXN) ? fates.poll() : null;
    if (next == Fate.LOST) {
      lose(call);
    } else if (next == Fate.ANSWER_LOST) {
      target.send(method, request, (message, status) -> lose(call));
    } else {
      target.send(method, request, (message, status) -> answer(call, message, status));
    }
  }

  private void lose(ServerCall<byte[], byte[]> call) {
    lost.incrementAndGet();
    call.close(Status.UNAVAILABLE.withDescription("the connection was lost"), new Metadata());
  }

  private static void answer(ServerCall<byte[], byte[]> call, byte[] message, Status status) {
    if (status.isOk()) {
      call.sendHeaders(new Metadata());
      call.sendMessage(message);
    }
    call.close(status, new Metadata());
  }

  @Override
  public void close() {
    server.close();
    target.close();
  }
}
