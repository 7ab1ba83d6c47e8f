package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2NoApiException;
import org.etcdmirror.v2.internal.client.V2RefusedException;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.connection.V2Limits;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A mirror retries a temporary refusal by a balancer and fails on a lasting one by etcd. */
@Timeout(600)
@EtcdTest
class V2RefusalTest {

  private static final String DENIED =
      "{\"errorCode\":110,\"message\":\"The request requires user authentication\","
          + "\"cause\":\"Insufficient credentials\",\"index\":0}";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger refusals = new AtomicInteger();
  private final Path passwordFile;
  private final Mirroring pair;
  private HttpServer balancer;
  private FaultProxy toSource;
  private FaultProxy toSink;
  private volatile int status;
  private volatile String type = "application/json";
  private volatile String body = DENIED;

  V2RefusalTest(@TempDir Path directory, EtcdServer from, EtcdServer to) throws IOException {
    passwordFile = Files.writeString(directory.resolve("password"), "secret\n");
    pair = Mirroring.between(from, to);
  }

  @BeforeEach
  void start() throws IOException {
    balancer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    balancer.setExecutor(threads);
    balancer.createContext("/", this::refuse);
    balancer.start();
    toSource = FaultProxy.to(pair.sourceEtcd.clientUrl());
    toSink = FaultProxy.to(pair.sinkEtcd.clientUrl());
  }

  @AfterEach
  void stop() {
    toSource.close();
    toSink.close();
    balancer.stop(0);
    threads.shutdownNow();
  }

  private void refuse(HttpExchange exchange) throws IOException {
    refusals.incrementAndGet();
    byte[] text = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, text.length);
    try (exchange) {
      exchange.getResponseBody().write(text);
    }
  }

  private URI balancerUrl() {
    return URI.create("http://127.0.0.1:" + balancer.getAddress().getPort());
  }

  private EtcdMirror mirror(Duration refused) {
    V2Limits limits = V2Limits.DEFAULT.withRefused(refused);
    Access access = new Access("root", passwordFile, null, null, null);
    String sink = toSink.url().toString();
    return EtcdMirror.builder()
        .source(
            V2Source.builder()
                .endpoints(toSource.url().toString())
                .access(access)
                .limits(limits)
                .build())
        .sink(V2Sink.builder().endpoints(sink).access(access).limits(limits).build())
        .scope(MirrorScope.of(Mirroring.PREFIX))
        .build();
  }

  private void answer(int code) {
    status = code;
    if (code == 404) {
      type = "text/plain; charset=utf-8";
      body = "404 page not found\n";
    }
  }

  @ParameterizedTest
  @CsvSource({"source,401", "source,403", "source,404", "sink,401", "sink,403", "sink,404"})
  @Execution(CONCURRENT)
  void temporaryRefusalByBalancerDoesNotStopMirror(String side, int code) throws Exception {
    answer(code);
    boolean atSource = side.equals("source");
    V2Http source = atSource ? pair.source.enableAuth("secret") : pair.source;
    V2Http sink = atSource ? pair.sink : pair.sink.enableAuth("secret");
    FaultProxy way = atSource ? toSource : toSink;
    URI home = atSource ? pair.sourceEtcd.clientUrl() : pair.sinkEtcd.clientUrl();
    source.put("/conf/a", "1");
    try (EtcdMirror mirror = mirror(Duration.ofSeconds(60))) {
      mirror.start();
      awaitValue(sink, "/conf/a", "1");

      way.redirect(balancerUrl());
      way.cutAll();
      source.put("/conf/a", "2");
      Mirroring.eventually(
          "refused repeatedly",
          () -> {
            MirrorStatus now = mirror.status();
            assertThat(now.state()).as(now.toString()).isEqualTo(MirrorState.RETRYING);
            assertThat(now.lastError()).contains("tried again until", "refused since");
            assertThat(refusals).hasValueGreaterThan(5);
          });

      way.redirect(home);
      way.cutAll();
      awaitValue(sink, "/conf/a", "2");
      assertThat(mirror.status().counters().gaps()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"source", "sink"})
  @Execution(CONCURRENT)
  void revokedPermissionFailsMirrorAfterGracePeriod(String side) throws Exception {
    boolean atSource = side.equals("source");
    V2Http source = atSource ? pair.source.enableAuth("secret") : pair.source;
    V2Http sink = atSource ? pair.sink : pair.sink.enableAuth("secret");
    source.put("/conf/a", "1");
    try (EtcdMirror mirror = mirror(Duration.ofSeconds(3))) {
      mirror.start();
      awaitValue(sink, "/conf/a", "1");

      (atSource ? source : sink).user("root", "another");
      FaultProxy way = atSource ? toSource : toSink;
      way.cutAll();
      if (!atSource) {
        source.put("/conf/a", "2");
      }

      Mirroring.eventually(
          "failed",
          () -> {
            MirrorStatus now = mirror.status();
            assertThat(now.state()).as(now.toString()).isEqualTo(MirrorState.FAILED);
            assertThat(now.lastError())
                .contains("user 'root'", way.url().toString(), "has refused it for 3 s");
          });
    }
  }

  @Test
  void refusalWithoutEtcdHeaderIsNotFinalAtStart() {
    status = 401;
    try (V2Client client = V2Client.connect(List.of(balancerUrl().toString()))) {
      assertThatThrownBy(() -> client.get("/conf", ""))
          .isInstanceOf(V2RefusedException.class)
          .hasMessageContainingAll("errorCode 110", balancerUrl().toString(), "tried again until");
    }
  }

  @Test
  void foreign404PageIsNotTakenAsEtcdWithoutV2() {
    answer(404);
    try (V2Client client = V2Client.connect(List.of(balancerUrl().toString()))) {
      assertThatThrownBy(() -> client.get("/conf", "")).isInstanceOf(V2NoApiException.class);
    }
  }

  @Test
  void everyEndpointIsAskedBeforeRefusalIsFinal() throws Exception {
    status = 401;
    List<String> both = List.of(balancerUrl().toString(), pair.sourceEtcd.clientUrl().toString());
    pair.source.put("/conf/a", "1");
    try (V2Client client =
        V2Client.connect(both, Access.ANONYMOUS, V2Limits.DEFAULT.withRefused(Duration.ZERO))) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("/conf/a", "").requireNode().value()).isEqualTo("1");
        client.avoid(client.endpoint(0));
        client.send(V2Request.put("/conf/b", new V2Form().withValue(new byte[] {'1'})));
        client.avoid(client.endpoint(0));
      }
    }
  }

  /** Seldom, because etcd v2 takes much processor time to check the password of each request. */
  private static void awaitValue(V2Http http, String key, String value) {
    await(key)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() ->
            assertThat(http.get(key, "").json().path("node").path("value").asText())
                .isEqualTo(value));
  }
}
