package org.etcdmirror.v3.internal.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.v3.WarmClient;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.RangeStreamResponse;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Uses a stand-in that streams as etcd 3.7 is specified to; no such etcd is available yet. */
@Timeout(120)
class RangeChunksTest {

  private static final int KEYS = 1000;
  private static final int KEYS_OF_A_CHUNK = 100;
  private static final ResponseHeader HEADER =
      ResponseHeader.newBuilder().setClusterId(5).setRevision(77).build();
  private static final Selection ALL = Selection.of(Bytes.utf8("/"));

  private final StandIn kv = new StandIn();
  private Server server;
  private V3Client client;

  @BeforeEach
  void start() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(KVGrpc.bindService(kv))
            .build()
            .start();
    client = WarmClient.connect("http://127.0.0.1:" + server.getPort());
  }

  @AfterEach
  void stop() {
    client.close();
    server.shutdownNow();
  }

  private static final class StandIn implements KVGrpc.AsyncService {

    volatile int chunksUntilItBreaks = Integer.MAX_VALUE;
    volatile int uncounted;
    volatile int streams;

    private static List<KeyValue> keys(RangeRequest request) {
      return IntStream.range(0, KEYS)
          .mapToObj(i -> ByteString.copyFromUtf8("/%05d".formatted(i)))
          .filter(key ->
              ByteString.unsignedLexicographicalComparator().compare(key, request.getKey()) >= 0)
          .map(key -> KeyValue.newBuilder().setKey(key).setModRevision(1).build())
          .toList();
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      List<KeyValue> keys = keys(request);
      int limit = (int) Math.min(keys.size(), request.getLimit());
      answer.onNext(
          RangeResponse.newBuilder()
              .setHeader(HEADER)
              .addAllKvs(keys.subList(0, limit))
              .setMore(limit < keys.size())
              .setCount(keys.size())
              .build());
      answer.onCompleted();
    }

    @Override
    public void rangeStream(RangeRequest request, StreamObserver<RangeStreamResponse> answer) {
      streams++;
      List<KeyValue> keys = keys(request);
      int chunks = 0;
      for (int from = 0; from < keys.size(); from += KEYS_OF_A_CHUNK) {
        if (chunks++ >= chunksUntilItBreaks) {
          answer.onError(Status.UNAVAILABLE.asRuntimeException());
          return;
        }
        int to = Math.min(keys.size(), from + KEYS_OF_A_CHUNK);
        RangeResponse.Builder chunk = RangeResponse.newBuilder().addAllKvs(keys.subList(from, to));
        if (to == keys.size()) {
          chunk.setHeader(HEADER).setCount(keys.size() - uncounted);
        }
        answer.onNext(RangeStreamResponse.newBuilder().setRangeResponse(chunk).build());
      }
      answer.onCompleted();
    }
  }

  private List<String> read() throws Exception {
    List<String> keys = new ArrayList<>();
    try (V3Snapshot snapshot = new V3Snapshot(client, ALL)) {
      for (MirrorEvent next = snapshot.next(); next != null; next = snapshot.next()) {
        keys.add(next.key().toString());
      }
    }
    return keys;
  }

  private static List<String> expected() {
    return IntStream.range(0, KEYS).mapToObj("/%05d"::formatted).toList();
  }

  @Test
  void rangeIsStreamedAfterFirstPage() throws Exception {
    assertThat(read()).containsExactlyElementsOf(expected());
    assertThat(kv.streams).isEqualTo(1);
    assertThat(client.streams().mayStreamRanges()).isTrue();
  }

  @Test
  void brokenRangeStreamIsContinuedWithPages() throws Exception {
    kv.chunksUntilItBreaks = 3;
    assertThat(read()).containsExactlyElementsOf(expected());
  }

  @Test
  void rangeStreamWithWrongCountIsRefusedAndNotUsedAgain() throws Exception {
    kv.uncounted = 1;
    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("announced");
    assertThat(read()).containsExactlyElementsOf(expected());
    assertThat(kv.streams).isEqualTo(1);
  }
}
