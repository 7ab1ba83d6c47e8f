package org.etcdmirror.webhooksink;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.etcdmirror.api.PermanentException;

/** Sends requests to one URL and decides what became of each: done, refused or unknown. */
final class Webhook {

  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;

  private final HttpClient client;
  private final URI url;
  private final Duration timeout;

  Webhook(URI url, Duration timeout) {
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .build();
    this.url = url;
    this.timeout = timeout;
  }

  /**
   * Sends a request and returns the content of the answer.
   *
   * @throws NoAnswerException if it is unknown whether the request was carried out
   * @throws IOException if the request was not carried out, and may be later
   * @throws PermanentException if it never will be
   */
  String send(UnaryOperator<HttpRequest.Builder> what) throws IOException, InterruptedException {
    HttpRequest request = what.apply(HttpRequest.newBuilder(url).timeout(timeout)).build();
    String name = request.method() + " " + url;
    HttpResponse<String> response;
    try {
      response = client.send(request, BodyHandlers.ofString());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new IOException(name + ": no connection, so nothing was sent: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new NoAnswerException(name + ": no answer: " + e.getMessage(), e);
    }
    return content(name, response);
  }

  /** It is not known whether the server's own errors came before or after the work. */
  private static String content(String name, HttpResponse<String> response) throws IOException {
    int status = response.statusCode();
    if (status / 100 == 2) {
      return response.body();
    }
    String answer = "%s: status %d".formatted(name, status);
    if (status == TOO_MANY_REQUESTS) {
      throw new IOException(answer + ", so it was refused for now");
    }
    if (status >= 500 || status == REQUEST_TIMEOUT) {
      throw new NoAnswerException(answer + ", so it may or may not have been carried out", null);
    }
    throw new PermanentException(answer + "; correct the URL or the receiver, and start again");
  }
}
