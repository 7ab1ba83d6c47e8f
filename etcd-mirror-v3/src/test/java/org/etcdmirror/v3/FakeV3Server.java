package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseKeepAliveRequest;
import org.etcdmirror.v3.rpc.LeaseKeepAliveResponse;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveResponse;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.ResponseOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.etcdmirror.v3.rpc.WatchGrpc;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;

/**
 * A cluster at revision 9 that holds one key. It answers as etcd does, until a test replaces an
 * answer with a malformed one.
 */
final class FakeV3Server implements AutoCloseable {

  static final ResponseHeader HEADER =
      ResponseHeader.newBuilder()
          .setClusterId(5)
          .setMemberId(1)
          .setRevision(9)
          .setRaftTerm(2)
          .build();

  /** Sends the responses of a watch once it is created; may send more while the client reads. */
  @FunctionalInterface
  interface Watching {
    void created(ServerCallStreamObserver<WatchResponse> answer);
  }

  volatile UnaryOperator<RangeResponse> pages = page -> page;
  volatile UnaryOperator<TxnResponse> txns = txn -> txn;
  volatile UnaryOperator<LeaseTimeToLiveResponse> leases = lease -> lease;
  volatile UnaryOperator<LeaseKeepAliveResponse> keepAlives = lease -> lease;
  volatile UnaryOperator<WatchResponse> creations = created -> created;
  volatile Watching watching = answer -> {};

  private final AtomicInteger requests = new AtomicInteger();
  private final KeyValue held;
  private final Server server;

  /** A cluster that holds this key. */
  FakeV3Server(String key) {
    held = kv(key, 5);
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(KVGrpc.bindService(new Kv()))
              .addService(LeaseGrpc.bindService(new Leases()))
              .addService(WatchGrpc.bindService(new Watches()))
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static KeyValue kv(String key, long revision) {
    return KeyValue.newBuilder()
        .setKey(ByteString.copyFromUtf8(key))
        .setValue(ByteString.copyFromUtf8("v"))
        .setCreateRevision(revision)
        .setModRevision(revision)
        .setVersion(1)
        .build();
  }

  String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** How many requests it has received, including those for watches. */
  int requests() {
    return requests.get();
  }

  private RangeResponse page(RangeRequest request) {
    KeyRange range = new KeyRange(request.getKey(), request.getRangeEnd());
    boolean asked = range.contains(held.getKey()) || request.getKey().equals(held.getKey());
    boolean shown =
        asked && !request.getCountOnly() && request.getMinModRevision() <= held.getModRevision();
    return RangeResponse.newBuilder()
        .setHeader(HEADER)
        .addAllKvs(shown ? List.of(held) : List.of())
        .setCount(asked ? 1 : 0)
        .build();
  }

  private final class Kv implements KVGrpc.AsyncService {

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      requests.incrementAndGet();
      answer.onNext(pages.apply(page(request)));
      answer.onCompleted();
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> answer) {
      requests.incrementAndGet();
      TxnResponse.Builder txn = TxnResponse.newBuilder().setHeader(HEADER).setSucceeded(true);
      request
          .getSuccessList()
          .forEach(op ->
              txn.addResponses(
                  ResponseOp.newBuilder().setResponseRange(page(op.getRequestRange()))));
      answer.onNext(txns.apply(txn.build()));
      answer.onCompleted();
    }
  }

  private final class Leases implements LeaseGrpc.AsyncService {

    @Override
    public void leaseTimeToLive(
        LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> answer) {
      requests.incrementAndGet();
      answer.onNext(
          leases.apply(
              LeaseTimeToLiveResponse.newBuilder()
                  .setHeader(HEADER)
                  .setID(request.getID())
                  .setTTL(30)
                  .setGrantedTTL(60)
                  .build()));
      answer.onCompleted();
    }

    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(
        StreamObserver<LeaseKeepAliveResponse> answer) {
      return new Requests<>() {
        @Override
        public void onNext(LeaseKeepAliveRequest request) {
          requests.incrementAndGet();
          answer.onNext(
              keepAlives.apply(
                  LeaseKeepAliveResponse.newBuilder()
                      .setHeader(HEADER)
                      .setID(request.getID())
                      .setTTL(60)
                      .build()));
        }
      };
    }
  }

  private final class Watches implements WatchGrpc.AsyncService {

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answer) {
      ServerCallStreamObserver<WatchResponse> call =
          (ServerCallStreamObserver<WatchResponse>) answer;
      call.setOnCancelHandler(() -> {});
      return new Requests<>() {
        @Override
        public void onNext(WatchRequest request) {
          requests.incrementAndGet();
          if (request.hasCreateRequest()) {
            call.onNext(
                creations.apply(
                    WatchResponse.newBuilder().setHeader(HEADER).setCreated(true).build()));
            watching.created(call);
          }
        }
      };
    }
  }

  /** Ignores the end of a client's stream. */
  private abstract static class Requests<Q> implements StreamObserver<Q> {

    @Override
    public void onError(Throwable gone) {}

    @Override
    public void onCompleted() {}
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
