package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An endpoint without the v2 API does not keep a mirror from using the other endpoints. */
@Timeout(600)
class V2NoApiTest {

  private Mirroring pair;
  private HttpServer stranger;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile int status = 404;

  @BeforeEach
  void start() throws IOException {
    pair = Mirroring.start();
    stranger = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    stranger.setExecutor(threads);
    stranger.createContext("/", this::refuse);
    stranger.start();
  }

  @AfterEach
  void stop() {
    stranger.stop(0);
    threads.shutdownNow();
    pair.close();
  }

  private void refuse(HttpExchange exchange) throws IOException {
    byte[] body = "no such page\n".getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  private String strangerUrl() {
    return "http://127.0.0.1:" + stranger.getAddress().getPort();
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 403})
  void mirrorUsesOtherEndpointAndKeepsFollowing(int answer) throws Exception {
    status = answer;
    pair.source.put("/conf/a", "1");
    String both = strangerUrl() + "," + pair.sourceEtcd.clientUrl();
    try (EtcdMirror mirror = pair.mirror(both, builder -> builder)) {
      mirror.start();
      pair.awaitLevel(mirror);
      pair.foreignEvents(2000);
      pair.source.put("/conf/b", "2");
      pair.awaitLevel(mirror);
      pair.assertEqual();
      assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
    }
  }

  /** The only working endpoint goes away and returns; the other one never has the v2 API. */
  @Test
  void missingApiIsTransientWhileOtherEndpointMayReturn() throws Exception {
    try (FaultProxy way = FaultProxy.to(pair.sourceEtcd.clientUrl());
        EtcdMirror mirror = pair.mirror(strangerUrl() + "," + way.url(), builder -> builder)) {
      mirror.start();
      pair.awaitLevel(mirror);
      way.refuse(true);
      way.cutAll();
      Mirroring.eventually(
          "retrying", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.RETRYING));
      pair.source.put("/conf/meanwhile", "1");
      way.refuse(false);
      pair.awaitLevel(mirror);
      pair.assertEqual();
    }
  }

  @Test
  void requestsGoToMemberWithV2WhenOtherMemberLacksIt() throws Exception {
    try (EtcdServer v3 = EtcdServer.builder().enableV2(false).start();
        V2Client client =
            V2Client.connect(
                List.of(v3.clientUrl().toString(), pair.sourceEtcd.clientUrl().toString()))) {
      client.send(V2Request.put("/conf/x", new V2Form().withValue(new byte[] {'1'})));
      assertThat(client.get("/conf/x", "").requireNode().value()).isEqualTo("1");
    }
  }

  @Test
  void failureIsPermanentWhenNoEndpointHasV2Api() {
    try (EtcdServer v3 = EtcdServer.builder().enableV2(false).start();
        V2Client client = V2Client.connect(List.of(v3.clientUrl().toString(), strangerUrl()))) {
      assertThatThrownBy(() -> client.get("/conf", ""))
          .isInstanceOf(PermanentException.class)
          .hasMessageContainingAll(
              v3.clientUrl().toString(), strangerUrl(), "start etcd with --enable-v2");
    }
  }
}
