package org.etcdmirror.migration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Sends requests to one server and reads its answers as JSON. */
final class JsonHttp {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final String server;

  /** An answer. */
  record Answer(int status, JsonNode json) {}

  JsonHttp(String server) {
    this.server = server;
  }

  Answer ask(String method, String path, String contentType, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server + path))
            .timeout(TIMEOUT)
            .header("Content-Type", contentType)
            .method(method, body)
            .build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    try {
      return new Answer(response.statusCode(), JSON.readTree(response.body()));
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s %s: status %d and no JSON".formatted(method, request.uri(), response.statusCode()),
          e);
    }
  }

  /** The exception for an unexpected answer. */
  IOException failure(String what, Answer answer) {
    return new IOException(
        "%s at %s: status %d, %s".formatted(what, server, answer.status(), answer.json()));
  }
}
