package org.etcdmirror.v3;

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
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
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
  static final String GRANT = LeaseGrpc.getLeaseGrantMethod().getFullMethodName();

  /** What becomes of a request. */
  enum Fate {
    /** It is executed and answered. */
    PASSED,
    /** It is executed at once, and the sender is told that the connection is gone. */
    ANSWER_LOST,
    /** The sender is told that the connection is gone, and it is executed on request. */
    LATE,
    /** The sender is told nothing, and it is executed on request. */
    SILENT
  }

  /** A request that the server has not seen yet. */
  record Held(String method, byte[] request) {}

  private final ManagedChannel target;
  private final Server server;
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
  private final Queue<Fate> nextTxns = new ConcurrentLinkedQueue<>();
  private volatile Function<String, Fate> rule = method -> Fate.PASSED;

  LateProxy(URI etcd) {
    this.target =
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

  String url() {
    return "http://127.0.0.1:" + server.getPort();
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

  /** Lets the server execute what was held back, in order. */
  void release() throws InterruptedException {
    for (Held next = held.poll(); next != null; next = held.poll()) {
      execute(next);
    }
  }

  /** Lets the server execute a request now; whatever it answers is dropped. */
  void execute(Held late) throws InterruptedException {
    BlockingQueue<Status> end = new LinkedBlockingQueue<>();
    forward(late, new Answer((message, status) -> end.add(status)));
    end.take();
  }

  @Override
  public void close() {
    server.shutdownNow();
    target.shutdownNow();
  }

  private void forward(Held request, ClientCall.Listener<byte[]> answer) {
    ClientCall<byte[], byte[]> call =
        target.newCall(raw(request.method(), MethodType.UNARY), CallOptions.DEFAULT);
    call.start(answer, new Metadata());
    call.request(2);
    call.sendMessage(request.request());
    call.halfClose();
  }

  private static MethodDescriptor<byte[], byte[]> raw(String method, MethodType type) {
    return MethodDescriptor.newBuilder(new Raw(), new Raw())
        .setFullMethodName(method)
        .setType(type)
        .build();
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

  @FunctionalInterface
  private interface End {
    void reached(byte[] message, Status status);
  }

  private static final class Answer extends ClientCall.Listener<byte[]> {

    private final End end;
    private byte[] message = new byte[0];

    Answer(End end) {
      this.end = end;
    }

    @Override
    public void onMessage(byte[] received) {
      message = received;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.reached(message, status);
    }
  }

  private final class Registry extends HandlerRegistry {

    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String method, String authority) {
      boolean stream = method.equals(LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName());
      return ServerMethodDefinition.create(
          raw(method, stream ? MethodType.BIDI_STREAMING : MethodType.UNARY),
          (call, headers) -> {
            seen.add(method);
            call.request(stream ? Integer.MAX_VALUE : 2);
            return stream ? through(method, call) : decided(method, call);
          });
    }
  }

  private ServerCall.Listener<byte[]> decided(String method, ServerCall<byte[], byte[]> call) {
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
      case PASSED ->
          forward(request, new Answer((message, status) -> answer(call, message, status)));
      case ANSWER_LOST -> forward(request, new Answer((message, status) -> lose(call)));
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

  private ServerCall.Listener<byte[]> through(String method, ServerCall<byte[], byte[]> call) {
    ClientCall<byte[], byte[]> onward =
        target.newCall(raw(method, MethodType.BIDI_STREAMING), CallOptions.DEFAULT);
    call.sendHeaders(new Metadata());
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
    onward.request(Integer.MAX_VALUE);
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
}
