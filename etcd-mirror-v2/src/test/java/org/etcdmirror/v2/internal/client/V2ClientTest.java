package org.etcdmirror.v2.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import okhttp3.Call;
import okhttp3.Response;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.connection.WatchSocket;
import org.etcdmirror.v2.internal.protocol.V2Action;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Event;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
@EtcdTest
final class V2ClientTest {

  private static EtcdServer etcd;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
  }

  private static V2Client client(URI... urls) {
    return V2Client.connect(Arrays.stream(urls).map(URI::toString).toList());
  }

  private static V2Request put(String key, String value) {
    return V2Request.put(key, new V2Form().withValue(value.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void endpointWithPasswordIsRefusedWithoutShowingPassword() {
    assertThatThrownBy(() -> V2Client.connect(List.of("http://user:secret@a:1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void invalidEndpointsAreRefusedAndNamed() {
    for (String bad :
        List.of(
            "",
            "a:1",
            "http://a",
            "http://a:1/x",
            "ftp://a:1",
            "http://a:1?x",
            "http://a:99999",
            "http:// a:1")) {
      assertThatThrownBy(() -> V2Client.connect(List.of("http://ok:1", bad)))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("'%s' is not an etcd endpoint; write http://HOST:PORT", bad);
    }
    assertThatThrownBy(() -> V2Client.connect(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no etcd endpoint is configured; write at least one as http://HOST:PORT");
  }

  @Test
  void answerCarriesNodeIndexAndClusterId() throws Exception {
    try (V2Client client = client(etcd.clientUrl())) {
      V2Answer written = client.send(put("/answer/a", "x"));
      V2Answer read = client.get("/answer/a", "quorum=true");
      assertThat(read.requireNode().value()).isEqualTo("x");
      assertThat(read.requireNode().modifiedIndex()).isEqualTo(written.etcdIndex());
      assertThat(read.clusterId()).isNotEmpty().isEqualTo(written.clusterId());
      assertThat(V2Endpoints.text(read.endpoint())).isEqualTo(etcd.clientUrl().toString());
    }
  }

  @Test
  void valueOfAnyTextIsPreserved() throws Exception {
    StringBuilder odd = new StringBuilder("\uFFFD \uD83D\uDE00 漢 \u2028 <>&+%;=\"\\");
    for (char c = 0; c < 128; c++) {
      odd.append(c);
    }
    try (V2Client client = client(etcd.clientUrl())) {
      client.send(put("/odd", odd.toString()));
      assertThat(client.get("/odd", "").requireNode().value()).isEqualTo(odd.toString());
      String megabytes = "\u00e9x ".repeat(1_000_000);
      client.send(put("/odd", megabytes));
      assertThat(client.get("/odd", "").requireNode().value()).isEqualTo(megabytes);
      client.send(V2Request.delete("/odd", ""));
    }
  }

  @Test
  void keysWithSpecialCharactersStayDistinct() throws Exception {
    List<String> keys =
        List.of(
            "/k/a b",
            "/k/a+b",
            "/k/a%20b",
            "/k/a?b#c",
            "/k/...",
            "/k/\u00e9\uFFFD",
            "/k/;=&",
            "/k/\n\u0000\\",
            "/k/[x]~'\"");
    try (V2Client client = client(etcd.clientUrl())) {
      for (String key : keys) {
        client.send(put(key, key));
      }
      for (String key : keys) {
        V2Node node = client.get(key, "").requireNode();
        assertThat(node.key()).isEqualTo(key);
        assertThat(node.value()).isEqualTo(key);
      }
    }
  }

  @Test
  void veryLongKeyIsAccepted() throws Exception {
    String key = "/" + "k".repeat(20_000);
    try (V2Client client = client(etcd.clientUrl())) {
      client.send(put(key, "x"));
      assertThat(client.get(key, "").requireNode().value()).isEqualTo("x");
      client.send(V2Request.delete(key, ""));
    }
  }

  @Test
  void keysThatV2CannotHoldAreRefused() {
    try (V2Client client = client(etcd.clientUrl())) {
      for (String key : List.of("", "a", "/a/", "//", "/a//b", "/a/./b", "/a/..")) {
        assertThatThrownBy(() -> client.get(key, ""))
            .as(key)
            .isInstanceOf(PermanentException.class)
            .hasMessageContaining("etcd v2 cannot hold the key '" + key + "'");
      }
    }
  }

  @Test
  void errorCarriesCodeKeyAndIndex() {
    try (V2Client client = client(etcd.clientUrl())) {
      assertThatThrownBy(() -> client.get("/missing", "quorum=true"))
          .isInstanceOfSatisfying(
              V2ErrorException.class,
              e -> {
                assertThat(e.errorCode()).isEqualTo(V2ErrorException.KEY_NOT_FOUND);
                assertThat(e.index()).isPositive();
                assertThat(e.clusterId()).isNotEmpty();
                assertThat(e.key()).isEqualTo("/missing");
                assertThat(e).hasMessageContaining(etcd.clientUrl().toString());
              });
    }
  }

  @Test
  void invalidRequestIsPermanentFailure() {
    try (V2Client client = client(etcd.clientUrl())) {
      assertThatThrownBy(() -> client.get("/a", "recursive=perhaps"))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("errorCode 209");
    }
  }

  @Test
  void serverWithoutV2IsPermanentFailureWithAdvice() {
    try (EtcdServer v3 = EtcdServer.builder().enableV2(false).start();
        V2Client client = client(v3.clientUrl())) {
      assertThatThrownBy(() -> client.get("/a", ""))
          .isInstanceOf(PermanentException.class)
          .hasMessage("%s: the v2 API is disabled; start etcd with --enable-v2", v3.clientUrl());
    }
  }

  @Test
  void htmlPageOfProxyIsTransientFailure() {
    for (int status : new int[] {200, 403, 404, 502}) {
      try (FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
          V2Client client = client(proxy.url())) {
        proxy.answerHtml(status);
        assertThatThrownBy(() -> client.get("/a", ""))
            .as("status %d", status)
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void truncatedAnswerIsTransientFailure() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        V2Client client = client(proxy.url())) {
      client(etcd.clientUrl()).send(put("/cut", "x".repeat(10_000)));
      proxy.truncateAfter(5_000);
      assertThatThrownBy(() -> client.get("/cut", ""))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(proxy.url() + ": GET /cut failed: ");
    }
  }

  @Test
  void secondEndpointTakesOverAndBecomesPreferred() throws Exception {
    try (FaultProxy dead = FaultProxy.to(etcd.clientUrl());
        V2Client client = client(dead.url(), etcd.clientUrl())) {
      dead.refuse(true);
      client.get("/", "");
      client.send(put("/failover", "y"));
      // Once for the request, and once to learn whether the port speaks gRPC alone.
      assertThat(dead.accepted()).isEqualTo(2);
      assertThat(client.endpoint(0).port()).isEqualTo(etcd.clientUrl().getPort());
      assertThat(client.endpoint(1).port()).isEqualTo(dead.url().getPort());
    }
  }

  @Test
  void errorNamesEachEndpointWhenAllFail() {
    try (FaultProxy a = FaultProxy.to(etcd.clientUrl());
        FaultProxy b = FaultProxy.to(etcd.clientUrl());
        V2Client client = client(a.url(), b.url())) {
      a.refuse(true);
      b.answerHtml(502);
      assertThatThrownBy(() -> client.get("/a", ""))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(a.url().toString(), b.url().toString(), "HTTP 502");
    }
  }

  @Test
  void conditionalWriteWithLostAnswerIsNotSentElsewhere() throws Exception {
    try (FaultProxy lossy = FaultProxy.to(etcd.clientUrl());
        V2Client client = client(lossy.url(), etcd.clientUrl())) {
      lossy.truncateAfter(10);
      V2Form form = new V2Form().with("prevExist", false).with("value", 1);
      assertThatThrownBy(() -> client.send(V2Request.put("/cas", form)))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(V2ErrorException.class);
      assertThat(client.endpoint(0).port()).isEqualTo(etcd.clientUrl().getPort());
      assertThat(client.get("/cas", "quorum=true").requireNode().value()).isEqualTo("1");
    }
  }

  @Test
  void unsentConditionalWriteGoesToNextEndpoint() throws Exception {
    URI closed;
    try (FaultProxy gone = FaultProxy.to(etcd.clientUrl())) {
      closed = gone.url();
    }
    try (V2Client client = client(closed, etcd.clientUrl())) {
      V2Form form = new V2Form().with("prevExist", false).with("value", 1);
      assertThat(client.send(V2Request.put("/cas2", form)).action()).isEqualTo(V2Action.CREATE);
    }
  }

  @Test
  void serverRestartCostsAtMostOneFailedRequest() throws Exception {
    try (EtcdServer own = EtcdServer.start();
        V2Client client = client(own.clientUrl())) {
      List<FutureTask<V2Answer>> many =
          IntStream.range(0, 20)
              .mapToObj(i -> new FutureTask<>(() -> client.send(put("/r/" + i, "x"))))
              .toList();
      many.forEach(client.executor()::execute);
      for (FutureTask<V2Answer> one : many) {
        one.get();
      }
      own.restart();
      int failures = 0;
      for (int i = 0; i < 20; i++) {
        try {
          client.send(put("/r/" + i, "y"));
        } catch (IOException e) {
          failures++;
        }
      }
      assertThat(failures).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void interruptEndsRequest() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        V2Client client = client(proxy.url())) {
      proxy.stall(true);
      CountDownLatch ended = new CountDownLatch(1);
      FutureTask<V2Answer> request = new FutureTask<>(() -> client.get("/a", ""));
      Thread thread =
          new Thread(() -> {
            request.run();
            ended.countDown();
          });
      thread.start();
      await().atMost(PATIENCE).until(() -> proxy.connections() == 1);
      thread.interrupt();
      assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(request::get).hasCauseInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void closeEndsRequestsAndLeavesNoConnections() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(etcd.clientUrl())) {
      V2Client client = client(proxy.url());
      client.get("/", "");
      assertThat(proxy.connections()).isEqualTo(1);
      Call watch =
          client.watchCall(
              client.endpoint(0),
              V2Request.watch("/", OptionalLong.empty()),
              new WatchSocket(false));
      try (Response response = watch.execute()) {
        client.close();
        assertThatThrownBy(() -> response.body().string()).isInstanceOf(IOException.class);
      }
      await().atMost(PATIENCE).until(() -> proxy.connections() == 0);
      assertThatThrownBy(() -> client.get("/", "")).isInstanceOf(ClosedException.class);
      client.close();
    }
  }

  @Test
  void watchStreamsEventsFromGivenIndex() throws Exception {
    try (V2Client client = client(etcd.clientUrl())) {
      long index = client.send(put("/w/a", "1")).etcdIndex();
      Call call =
          client.watchCall(
              client.endpoint(0),
              V2Request.watch("/w", OptionalLong.of(index + 1)),
              new WatchSocket(false));
      try (Response response = call.execute()) {
        assertThat(V2Headers.head(response).index()).isGreaterThanOrEqualTo(index);
        client.send(put("/w/b c", "<2>"));
        client.send(V2Request.delete("/w/a", ""));
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(response.body().byteStream(), StandardCharsets.UTF_8));
        V2Event set = V2Json.event(lines.readLine(), System.nanoTime());
        V2Event delete = V2Json.event(lines.readLine(), System.nanoTime());
        assertThat(set.node().key()).isEqualTo("/w/b c");
        assertThat(set.node().value()).isEqualTo("<2>");
        assertThat(delete.action()).isEqualTo(V2Action.DELETE);
        assertThat(delete.node().value()).isNull();
        assertThat(delete.prevNode()).extracting(V2Node::value).isEqualTo("1");
      } finally {
        call.cancel();
      }
    }
  }
}
