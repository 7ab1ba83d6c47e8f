package org.etcdmirror.v3.internal.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.rpc.AuthGrpc;
import org.etcdmirror.v3.rpc.AuthenticateRequest;
import org.etcdmirror.v3.rpc.AuthenticateResponse;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of one user share a token, and none of them takes it from the others. */
@Timeout(120)
class SharedLoginTest {

  private static final int CLIENTS = 20;
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  private final ChannelPool pool = new ChannelPool();
  private final Access access = Access.user("mirror", () -> "secret");
  private final AtomicInteger logins = new AtomicInteger();

  /** So many logins are not answered. */
  private volatile int unanswered;

  /** The number of the token that the server accepts. */
  private volatile int good = 1;

  /** Whether the next refusal waits for the test. */
  private volatile boolean hold;

  private final BlockingQueue<ServerCall<?, ?>> held = new LinkedBlockingQueue<>();

  private Server server;

  private final class Auth implements AuthGrpc.AsyncService {
    @Override
    public void authenticate(
        AuthenticateRequest request, StreamObserver<AuthenticateResponse> answer) {
      int number = logins.incrementAndGet();
      if (number > unanswered) {
        answer.onNext(AuthenticateResponse.newBuilder().setToken("t" + number).build());
        answer.onCompleted();
      }
    }
  }

  private static final class Keys implements KVGrpc.AsyncService {
    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      answer.onNext(
          RangeResponse.newBuilder().setHeader(ResponseHeader.newBuilder().setRevision(9)).build());
      answer.onCompleted();
    }
  }

  /** Refuses old tokens as etcd does. */
  private final class Tokens implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String token = headers.get(TOKEN);
      if (token == null || Integer.parseInt(token.substring(1)) >= good) {
        return next.startCall(call, headers);
      }
      if (hold) {
        hold = false;
        held.add(call);
      } else {
        refuse(call);
      }
      return new ServerCall.Listener<>() {};
    }
  }

  private static void refuse(ServerCall<?, ?> call) {
    call.close(
        Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"), new Metadata());
  }

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(AuthGrpc.bindService(new Auth()))
            .addService(KVGrpc.bindService(new Keys()))
            .intercept(new Tokens())
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  private V3Client connect() {
    return V3Client.connect(
        pool, List.of("http://127.0.0.1:" + server.getPort()), access, Refusals.PATIENCE);
  }

  private static CompletableFuture<RangeResponse> ask(V3Client client) {
    return client.send(KVGrpc.getRangeMethod(), RangeRequest.getDefaultInstance());
  }

  private static void askAll(List<V3Client> clients) throws Exception {
    for (CompletableFuture<RangeResponse> answer :
        clients.stream().map(SharedLoginTest::ask).toList()) {
      RangeResponse unused = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private List<V3Client> connectAll() {
    List<V3Client> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(connect());
    }
    return clients;
  }

  @Test
  void clientsOfOneUserLogInOnce() throws Exception {
    List<V3Client> clients = connectAll();
    askAll(clients);
    assertThat(logins).hasValue(1);
    clients.forEach(V3Client::close);
  }

  @Test
  void tokenThatTheServerForgotIsReplacedOnceForAll() throws Exception {
    List<V3Client> clients = connectAll();
    askAll(clients);
    good = 2;
    askAll(clients);
    assertThat(logins).hasValue(2);
    clients.forEach(V3Client::close);
  }

  @Test
  void refusalOfAnOldTokenDoesNotTakeTheNewOneFromTheOthers() throws Exception {
    try (V3Client one = connect();
        V3Client other = connect()) {
      askAll(List.of(one, other));
      good = 2;
      hold = true;
      CompletableFuture<RangeResponse> late = ask(other);
      ServerCall<?, ?> refused = requireNonNull(held.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      askAll(List.of(one));
      assertThat(logins).hasValue(2);

      refuse(refused);

      assertThat(late.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
      assertThat(logins).hasValue(2);
    }
  }

  @Test
  void loginOfAClosedClientIsTakenOverByAnother() throws Exception {
    unanswered = 1;
    V3Client closed = connect();
    try (V3Client other = connect()) {
      CompletableFuture<RangeResponse> ended = ask(closed);
      await().atMost(PATIENCE).until(() -> logins.get() == 1);
      CompletableFuture<RangeResponse> waiting = ask(other);

      closed.close();

      assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
      assertThatThrownBy(() -> ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
      assertThat(logins).hasValue(2);
    }
  }
}
