package org.etcdmirror.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.spring.MirroringApplication;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The starter in a web application with two real servers, used through HTTP alone. */
@EtcdTest(v2 = false)
class StarterTest {

  private static final String[] EXPOSED = {
    "management.endpoints.web.exposure.include=health,etcdmirror,metrics",
    "management.endpoint.health.show-details=always",
    "management.endpoint.health.probes.enabled=true",
    "management.endpoint.health.group.readiness.include=readinessState,etcdMirror",
  };

  private static final String WRITABLE = "management.endpoint.etcdmirror.access=unrestricted";

  private final HttpClient http = HttpClient.newHttpClient();
  private int port;

  @Test
  void aLinkIsBlockedApprovedAndFollows(EtcdServer source, EtcdServer sink) throws Exception {
    new V3Http(source.clientUrl()).put("/orders/1", "one");
    new V3Http(sink.clientUrl()).put("/orders/stranger", "old");

    try (ConfigurableApplicationContext context = start(source, sink, WRITABLE)) {
      awaitState("blocked");
      assertThat(get("/health").statusCode()).isEqualTo(503);
      assertThat(get("/health/readiness").body()).contains("OUT_OF_SERVICE", "waitsForApproval");
      JsonNode pending = json(get("/etcdmirror/orders")).get("pending");
      assertThat(pending.get("plan").get("deleteSamples").get(0).asString())
          .isEqualTo("/orders/stranger");
      assertThat(json(get("/etcdmirror/orders/plan")).get("deletes").asInt()).isEqualTo(1);

      assertThat(post("orders/approve", "{}").statusCode()).isEqualTo(400);
      assertThat(post("orders/approve", "{\"token\":\"other\"}").statusCode()).isEqualTo(409);
      String token = pending.get("token").asString();
      assertThat(post("orders/approve", "{\"token\":\"%s\"}".formatted(token)).statusCode())
          .isEqualTo(200);

      awaitState("following");
      await().atMost(PATIENCE).until(() -> get("/health/readiness").statusCode() == 200);
      assertThat(new V3Http(sink.clientUrl()).values("/orders/"))
          .containsOnlyKeys(Bytes.utf8("/orders/1"));
      assertThat(get("/metrics/etcd.mirror.caught.up?tag=link:orders").body()).contains("1.0");
      assertThat(context.getBean(MirroringApplication.class).notes())
          .containsExactly("blocked", "approved", "resynced");
    }
  }

  @Test
  void aLinkIsPausedAndResumed(EtcdServer source, EtcdServer sink) throws Exception {
    try (ConfigurableApplicationContext context = start(source, sink, WRITABLE)) {
      assertThat(context.isActive()).isTrue();
      awaitState("following");

      post("orders/pause", "{}");
      awaitState("paused");
      post("orders/resume", "{}");

      awaitState("following");
      assertThat(post("orders/reboot", "{}").statusCode()).isEqualTo(404);
      assertThat(post("stock/pause", "{}").statusCode()).isEqualTo(404);
      assertThat(get("/etcdmirror/stock").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void theExposedEndpointIsReadOnlyUnlessToldOtherwise(EtcdServer source, EtcdServer sink)
      throws Exception {
    try (ConfigurableApplicationContext context = start(source, sink)) {
      assertThat(context.isActive()).isTrue();
      assertThat(get("/etcdmirror").statusCode()).isEqualTo(200);
      assertThat(post("orders/pause", "{}").statusCode()).isEqualTo(405);
    }
  }

  private ConfigurableApplicationContext start(EtcdServer source, EtcdServer sink, String... more) {
    String[] properties = Stream.of(EXPOSED, more).flatMap(Stream::of).toArray(String[]::new);
    ConfigurableApplicationContext context =
        MirroringApplication.run(WebApplicationType.SERVLET, source, sink, properties);
    port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    return context;
  }

  private void awaitState(String state) {
    await()
        .atMost(PATIENCE)
        .until(() -> json(get("/etcdmirror/orders")).get("state").asString().equals(state));
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri("/etcdmirror/" + path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:%d/actuator%s".formatted(port, path));
  }
}
