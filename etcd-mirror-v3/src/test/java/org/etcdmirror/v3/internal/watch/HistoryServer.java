package org.etcdmirror.v3.internal.watch;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.WatchGrpc;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.jspecify.annotations.Nullable;

/**
 * A server with one event at each revision. It sends a watch ten revisions at a time, until a test
 * has it answer some watches in another way.
 */
final class HistoryServer implements AutoCloseable {

  static final int ROUND = 10;
  static final String KEY = "/conf/k";

  /** Answers a watch after it was created. */
  @FunctionalInterface
  interface Answering {
    void answer(long start, ServerCallStreamObserver<WatchResponse> watch);
  }

  final List<Long> starts = new CopyOnWriteArrayList<>();

  /** Whether each watch with a start was asked for in pieces. */
  final List<Boolean> inPieces = new CopyOnWriteArrayList<>();

  volatile Answering answering = this::sendAll;
  volatile LongFunction<WatchResponse> creating = start -> created();
  volatile long compacted;

  /** The watch that is from "now on". */
  volatile @Nullable StreamObserver<WatchResponse> idle;

  private final long head;
  private final Server server;

  HistoryServer(long head) {
    this.head = head;
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(KVGrpc.bindService(new Kv()))
              .addService(WatchGrpc.bindService(new Watches()))
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  WatchResponse.Builder answer() {
    return WatchResponse.newBuilder().setHeader(header());
  }

  WatchResponse created() {
    return answer().setCreated(true).build();
  }

  private ResponseHeader.Builder header() {
    return ResponseHeader.newBuilder()
        .setClusterId(5)
        .setMemberId(1)
        .setRevision(head)
        .setRaftTerm(2);
  }

  static Event put(long revision) {
    return Event.newBuilder()
        .setKv(
            KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(KEY))
                .setCreateRevision(2)
                .setModRevision(revision)
                .setVersion(revision))
        .build();
  }

  /** The events of these revisions, both included. */
  WatchResponse.Builder puts(long from, long to) {
    return answer()
        .addAllEvents(
            LongStream.rangeClosed(Math.max(2, from), to).mapToObj(HistoryServer::put).toList());
  }

  /** All that there is from a revision on, as etcd does. */
  void sendAll(long start, ServerCallStreamObserver<WatchResponse> watch) {
    if (start < compacted) {
      watch.onNext(answer().setCanceled(true).setCompactRevision(compacted).build());
      return;
    }
    for (long from = Math.max(2, start); from <= head; from += ROUND) {
      watch.onNext(puts(from, Math.min(head, from + ROUND - 1)).build());
    }
  }

  private final class Kv implements KVGrpc.AsyncService {

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      if (request.getRevision() > 0 && request.getRevision() < compacted) {
        answer.onError(
            Status.OUT_OF_RANGE
                .withDescription("etcdserver: mvcc: required revision has been compacted")
                .asRuntimeException());
        return;
      }
      answer.onNext(RangeResponse.newBuilder().setHeader(header()).setCount(1).build());
      answer.onCompleted();
    }
  }

  private final class Watches implements WatchGrpc.AsyncService {

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answer) {
      ServerCallStreamObserver<WatchResponse> watch =
          (ServerCallStreamObserver<WatchResponse>) answer;
      watch.setOnCancelHandler(() -> {});
      return new StreamObserver<>() {
        @Override
        public void onNext(WatchRequest request) {
          if (request.hasCreateRequest()) {
            long start = request.getCreateRequest().getStartRevision();
            if (start > 0) {
              starts.add(start);
              inPieces.add(request.getCreateRequest().getFragment());
            }
            WatchResponse first = creating.apply(start);
            watch.onNext(first);
            if (start == 0) {
              idle = watch;
            }
            if (!first.getCanceled() && start > 0) {
              answering.answer(start, watch);
            }
          }
        }

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {}
      };
    }
  }

  /** The starts of the watches that were opened after the first one, in their order. */
  List<Long> startsOfStripes() {
    List<Long> sorted = new ArrayList<>(starts.subList(1, starts.size()));
    sorted.sort(null);
    return sorted;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
