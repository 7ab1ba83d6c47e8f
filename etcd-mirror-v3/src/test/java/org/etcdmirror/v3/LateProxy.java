package org.etcdmirror.v3;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.etcdmirror.testkit.fault.RawGrpcChannel;
import org.etcdmirror.testkit.fault.RawGrpcServer;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a sink and a real server, and decides what becomes of each request by its method
 * and its place: it may be executed while its answer is lost, or be executed much later than its
 * sender was told that the connection is gone. Safe for use by many threads.
 */
final class LateProxy implements AutoCloseable {

  static final String TXN = KVGrpc.getTxnMethod().getFullMethodName();

  /** The answer of etcd 3.4 to 3.5 to a write that fills the database. */
  private static final Status NO_SPACE =
      Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: mvcc: database space exceeded");

  static final String GRANT = LeaseGrpc.getLeaseGrantMethod().getFullMethodName();

  /** What becomes of a request. */
  enum Fate {
    /** It is executed and answered. */
    PASSED,
    /** It is executed at once, and the sender is told that the connection is gone. */
    ANSWER_LOST,
    /** It is executed at once, and the sender is told that it has filled the database. */
    NO_SPACE,
    /** The sender is told that the connection is gone, and it is executed on request. */
    LATE,
    /** The sender is told nothing, and it is executed on request. */
    SILENT
  }

  /** A request that the server has not seen yet. */
  record Held(String method, byte[] request) {}

  private final RawGrpcChannel target;
  private final RawGrpcServer server;
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
  private final Queue<Fate> nextTxns = new ConcurrentLinkedQueue<>();
  private volatile Function<String, Fate> rule = method -> Fate.PASSED;

  LateProxy(URI etcd) {
    this.target = new RawGrpcChannel(etcd);
    this.server =
        RawGrpcServer.start(
            method -> isStream(method) ? MethodType.BIDI_STREAMING : MethodType.UNARY,
            (method, call) -> {
              seen.add(method);
              return isStream(method) ? target.pass(method, call) : decided(method, call);
            });
  }

  private static boolean isStream(String method) {
    return method.equals(LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName());
  }

  String url() {
    return server.url().toString();
  }

  /** What becomes of the next transactions, one after the other; those behind them pass. */
  void nextTxns(Fate... fates) {
    nextTxns.clear();
    nextTxns.addAll(List.of(fates));
  }

  /** Sets the fate of all requests without a more specific setting, by their method. */
  void rule(Function<String, Fate> fate) {
    rule = fate;
  }

  /** How often a method was called. */
  long calls(MethodDescriptor<?, ?> method) {
    return seen.stream().filter(method.getFullMethodName()::equals).count();
  }

  /** One request that is held back, out of the queue; null if there is none. */
  @Nullable Held poll() {
    return held.poll();
  }

  /** Back to the end of the queue. */
  void putBack(Held late) {
    held.add(late);
  }

  /** Waits for a request that is held back. */
  Held take() throws InterruptedException {
    return held.take();
  }

  /** Lets the server execute what was held back, in order. Returns how many requests these were. */
  int release() throws InterruptedException {
    int released = 0;
    for (Held next = held.poll(); next != null; next = held.poll()) {
      execute(next);
      released++;
    }
    return released;
  }

  /** Lets the server execute a request now; whatever it answers is dropped. */
  void execute(Held late) throws InterruptedException {
    BlockingQueue<Status> end = new LinkedBlockingQueue<>();
    send(late, (message, status) -> end.add(status));
    end.take();
  }

  @Override
  public void close() {
    server.close();
    target.close();
  }

  private ServerCall.Listener<byte[]> decided(String method, ServerCall<byte[], byte[]> call) {
    call.request(2);
    return new ServerCall.Listener<>() {
      private byte[] request = new byte[0];

      @Override
      public void onMessage(byte[] message) {
        request = message;
      }

      @Override
      public void onHalfClose() {
        decide(new Held(method, request), call);
      }
    };
  }

  private void decide(Held request, ServerCall<byte[], byte[]> call) {
    Fate next = request.method().equals(TXN) ? nextTxns.poll() : null;
    switch (next != null ? next : rule.apply(request.method())) {
      case PASSED -> send(request, (message, status) -> answer(call, message, status));
      case ANSWER_LOST -> send(request, (message, status) -> lose(call));
      case NO_SPACE -> send(request, (message, status) -> call.close(NO_SPACE, new Metadata()));
      case LATE -> {
        held.add(request);
        lose(call);
      }
      case SILENT -> held.add(request);
    }
  }

  private static void answer(ServerCall<byte[], byte[]> call, byte[] message, Status status) {
    if (status.isOk()) {
      call.sendHeaders(new Metadata());
      call.sendMessage(message);
    }
    call.close(status, new Metadata());
  }

  private static void lose(ServerCall<byte[], byte[]> call) {
    call.close(Status.UNAVAILABLE.withDescription("the connection was lost"), new Metadata());
  }

  private void send(Held request, RawGrpcChannel.Answer answer) {
    target.send(request.method(), request.request(), answer);
  }
}
