package org.etcdmirror.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import io.micrometer.core.instrument.Tags;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.core.micrometer.MirrorMetrics;
import org.etcdmirror.service.config.PageAccess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The actions of the status server, and which requests may perform them. */
class StatusActionsTest extends StatusServerFixture {

  @Test
  void postPerformsTheActionAndReturnsItsReply() throws Exception {
    assertThat(post("/approve").statusCode()).isEqualTo(200);
    assertThat(post("/approve").body()).isEqualTo("approved\n");

    approval.set(StatusReply.text(409, "nothing"));

    assertThat(post("/approve").statusCode()).isEqualTo(409);
  }

  @Test
  void actionReceivesTheQueryParameters() throws Exception {
    post("/approve?plan=a%20b&x&plain=1=2");
    assertThat(asked.get()).isEqualTo(Map.of("plan", "a b", "x", "", "plain", "1=2"));
    post("/approve");
    assertThat(asked.get()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE"})
  void methodsOtherThanPostAreNotAllowedForActions(String method) throws Exception {
    approval.set(null);
    HttpResponse<String> response =
        send(request("/approve").method(method, BodyPublishers.noBody()).build());

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("POST");
  }

  @Test
  void actionWithAnOriginHeaderIsForbidden() throws Exception {
    approval.set(null);
    HttpRequest request =
        request("/approve")
            .header("Origin", "http://elsewhere")
            .POST(BodyPublishers.noBody())
            .build();

    assertThat(send(request).statusCode()).isEqualTo(403);
  }

  @Test
  void unknownActionIsNotFound() throws Exception {
    assertThat(post("/drained").statusCode()).isEqualTo(404);
    assertThat(post("/drained").body()).endsWith("; POST /approve\n");
  }

  @Test
  void closeWaitsForTheAnswerToARequestInProgress() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch ending = new CountDownLatch(1);
    StatusServer server =
        StatusServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of("mirror.example"),
            PageAccess.LOCAL,
            now::get,
            new IndexWaits(held::await, now::get),
            Map.of("/drained", ignored -> answer(asked, ending)),
            new MirrorMetrics(now::get, Tags.empty()));
    CompletableFuture<HttpResponse<String>> answer =
        HttpClient.newHttpClient()
            .sendAsync(
                HttpRequest.newBuilder(URI.create(server.url() + "/drained"))
                    .POST(BodyPublishers.noBody())
                    .build(),
                BodyHandlers.ofString());
    asked.await();
    Thread end = new Thread(server::close);
    end.start();
    await()
        .atMost(PATIENCE)
        .until(() ->
            end.getState() == Thread.State.TIMED_WAITING
                || end.getState() == Thread.State.TERMINATED);
    ending.countDown();
    assertThat(answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).body()).isEqualTo("so be it\n");
    end.join();
  }

  private static StatusReply answer(CountDownLatch asked, CountDownLatch ending) {
    asked.countDown();
    try {
      ending.await();
      return StatusReply.text(200, "so be it");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
