package org.etcdmirror.v3.internal.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OwnCallsTest {

  /** Answers when the test says so. */
  private static final class Patient implements KVGrpc.AsyncService {

    final Map<String, StreamObserver<RangeResponse>> asked = new ConcurrentHashMap<>();

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      asked.put(request.getKey().toStringUtf8(), answer);
    }

    void answer(String key) {
      StreamObserver<RangeResponse> waiting = requireNonNull(asked.get(key));
      waiting.onNext(
          RangeResponse.newBuilder()
              .setHeader(ResponseHeader.newBuilder().setRevision(9))
              .addKvs(
                  KeyValue.newBuilder()
                      .setKey(KEYS.apply(key))
                      .setCreateRevision(1)
                      .setModRevision(1)
                      .setVersion(1))
              .setCount(1)
              .build());
      waiting.onCompleted();
    }
  }

  private static final Function<String, ByteString> KEYS = ByteString::copyFromUtf8;

  private final ChannelPool pool = new ChannelPool();
  private final Patient patient = new Patient();
  private Server server;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(KVGrpc.bindService(patient))
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  private V3Client connect() {
    return V3Client.connect(
        pool, List.of("http://127.0.0.1:" + server.getPort()), Access.ANONYMOUS, Refusals.PATIENCE);
  }

  private CompletableFuture<RangeResponse> ask(V3Client client, String key) {
    CompletableFuture<RangeResponse> answer =
        client.send(
            KVGrpc.getRangeMethod(), RangeRequest.newBuilder().setKey(KEYS.apply(key)).build());
    await().atMost(PATIENCE).until(() -> patient.asked.containsKey(key));
    return answer;
  }

  @Test
  void closedClientEndsItsCallsAndNoOthers() throws Exception {
    V3Client one = connect();
    try (V3Client other = connect()) {
      CompletableFuture<RangeResponse> ended = ask(one, "one");
      CompletableFuture<RangeResponse> running = ask(other, "other");
      assertThat(pool.size()).isEqualTo(2);

      one.close();

      assertThatThrownBy(() -> ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .hasCauseInstanceOf(IOException.class)
          .hasMessageContaining("was closed");
      assertThat(running).isNotDone();
      patient.answer("other");
      assertThat(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getCount()).isOne();
    }
    await().atMost(PATIENCE).until(() -> pool.size() == 0);
  }

  @Test
  void callAfterTheCloseFails() {
    V3Client client = connect();
    client.close();
    assertThatThrownBy(
            () -> client.call(KVGrpc.getRangeMethod(), RangeRequest.getDefaultInstance()))
        .isInstanceOf(ClosedException.class);
  }

  @Test
  void memberThatIsGoneKeepsItsConnectionsForTheCallsThatRun() throws Exception {
    try (V3Client client = connect()) {
      CompletableFuture<RangeResponse> running = ask(client, "a");
      client.members().current().retire();
      assertThat(pool.size()).isEqualTo(2);
      assertThatThrownBy(
              () -> client.call(KVGrpc.getRangeMethod(), RangeRequest.getDefaultInstance()))
          .isInstanceOf(IOException.class);

      patient.answer("a");

      assertThat(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getCount()).isOne();
      await().atMost(PATIENCE).until(() -> pool.size() == 0);
    }
  }
}
