package org.etcdmirror.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.etcdmirror.core.MirrorState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /await}: clients that wait until the sink holds an index. */
class AwaitPageTest extends StatusServerFixture {

  private CompletableFuture<HttpResponse<String>> ask(String path) {
    return client.sendAsync(request(path).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> answer(CompletableFuture<HttpResponse<String>> asked)
      throws Exception {
    return asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void heldIndexIsAnsweredAtOnce() throws Exception {
    HttpResponse<String> response = get("/await?index=100&timeout=0s");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("sink index 100\n");
  }

  @Test
  void laterIndexIsAnsweredWhenTheSinkHoldsIt() throws Exception {
    CompletableFuture<HttpResponse<String>> later = ask("/await?index=103&timeout=30s");
    CompletableFuture<HttpResponse<String>> sooner = ask("/await?index=102&timeout=30s");
    held.awaited.await();
    assertThat(sooner).isNotDone();

    held.reach(102);

    assertThat(answer(sooner).statusCode()).isEqualTo(200);
    assertThat(later).isNotDone();
    held.reach(104);
    assertThat(answer(later).statusCode()).isEqualTo(200);
  }

  @Test
  void endOfTheTimeIsAnsweredWithTheReasonAndTheIndexes() throws Exception {
    now.set(status(MirrorState.RETRYING, false, "no\nroute"));

    HttpResponse<String> response = get("/await?index=101&timeout=1ms");

    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(response.body())
        .isEqualTo(
            "index 101 is not reached, retrying: no route; sink index 100, source index 120\n");
  }

  @ParameterizedTest
  @CsvSource({"FAILED, 409", "BLOCKED, 409", "STOPPING, 503", "STOPPED, 503"})
  void mirrorThatEndsOrWaitsForAPersonEndsTheWait(MirrorState state, int code) throws Exception {
    CompletableFuture<HttpResponse<String>> asked = ask("/await?index=101&timeout=30s");
    held.awaited.await();

    now.set(status(state, false, "forbidden"));

    assertThat(answer(asked).statusCode()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?timeout=1s",
        "?index=",
        "?index=x",
        "?index=-1",
        "?index=99999999999999999999999",
        "?index=1%0A2",
        "?index=1&timeout=",
        "?index=1&timeout=10",
        "?index=1&timeout=31s",
        "?index=1&timeout=99999999999999999999s"
      })
  void wrongParametersAreRefused(String query) throws Exception {
    HttpResponse<String> response = get("/await" + query);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).matches("(index|timeout)[ :].*\n");
  }

  @Test
  void clientsThatWaitAreBoundedAndLeaveThePagesFree() throws Exception {
    Map<String, String> wish = Map.of("index", "101", "timeout", "30s");
    List<CompletableFuture<StatusReply>> all =
        Stream.generate(() -> waits.ask(wish)).limit(IndexWaits.MOST).toList();

    HttpResponse<String> oneMore = get("/await?index=101&timeout=30s");

    assertThat(oneMore.statusCode()).isEqualTo(503);
    assertThat(oneMore.body()).startsWith("32 clients wait already");
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    held.reach(101);
    for (CompletableFuture<StatusReply> one : all) {
      assertThat(one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).code()).isEqualTo(200);
    }
  }

  @Test
  void closeAnswersThoseWhoWait() throws Exception {
    CompletableFuture<HttpResponse<String>> asked = ask("/await?index=101&timeout=30s");
    held.awaited.await();

    stop();

    assertThat(answer(asked).statusCode()).isEqualTo(503);
  }

  @Test
  void failureOfTheStatusIsAnsweredAndLaterRequestsAreServed() throws Exception {
    CompletableFuture<HttpResponse<String>> asked = ask("/await?index=101&timeout=30s");
    held.awaited.await();

    now.set(null);

    assertThat(answer(asked).statusCode()).isEqualTo(500);
    now.set(status(MirrorState.FOLLOWING, true, null));
    assertThat(get("/await?index=101&timeout=1ms").statusCode()).isEqualTo(504);
  }
}
