package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be asked of a mirror, and how. */
class StatusActionsTest extends StatusServerFixture {

  @Test
  void actionIsAskedForByPost() throws Exception {
    assertThat(post("/approve").statusCode()).isEqualTo(200);
    assertThat(post("/approve").body()).isEqualTo("approved\n");

    approval.set(StatusReply.text(409, "nothing"));

    assertThat(post("/approve").statusCode()).isEqualTo(409);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE"})
  void actionIsNotAskedForOtherwise(String method) throws Exception {
    approval.set(null);
    HttpResponse<String> response =
        send(request("/approve").method(method, BodyPublishers.noBody()).build());

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("POST");
  }

  @Test
  void pageInABrowserCannotAsk() throws Exception {
    approval.set(null);
    HttpRequest request =
        request("/approve")
            .header("Origin", "http://elsewhere")
            .POST(BodyPublishers.noBody())
            .build();

    assertThat(send(request).statusCode()).isEqualTo(403);
  }

  @Test
  void actionThatThisCommandDoesNotHaveIsNotFound() throws Exception {
    assertThat(post("/drained").statusCode()).isEqualTo(404);
    assertThat(post("/drained").body()).endsWith("; POST /approve\n");
  }
}
