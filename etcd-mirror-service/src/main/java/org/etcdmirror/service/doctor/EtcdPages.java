package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.jspecify.annotations.Nullable;

/** Reads the pages that an etcd server shows to everybody beside its API. */
final class EtcdPages {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Longer than the metrics of any etcd. */
  private static final int LONGEST = 4 << 20;

  private final HttpClient client;

  EtcdPages(Access access, boolean usesTls) {
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE);
    if (usesTls) {
      builder.sslContext(AccessTls.of(access).context());
    }
    this.client = builder.build();
  }

  /** The pages of the servers of one side. */
  static EtcdPages of(Side side) {
    boolean usesTls = side.endpoints().stream().anyMatch(one -> one.startsWith("https:"));
    return new EtcdPages(side.access(), usesTls);
  }

  /**
   * A page.
   *
   * @param status the HTTP status
   * @param body its text
   * @param date the header Date; empty if there is none
   */
  record Page(int status, String body, String date) {}

  /**
   * Reads a page, whatever its status.
   *
   * @throws IOException if there is no answer, as from a port that serves gRPC alone
   */
  Page read(String endpoint, String path) throws IOException, InterruptedException {
    CompletableFuture<Page> page =
        client
            .sendAsync(request(endpoint, path), BodyHandlers.ofInputStream())
            .thenApplyAsync(EtcdPages::page);
    try {
      return page.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      page.cancel(true);
      throw new IOException(
          "%s%s: no answer in %d s".formatted(endpoint, path, PATIENCE.toSeconds()), e);
    } catch (ExecutionException e) {
      throw new IOException("%s%s: %s".formatted(endpoint, path, reason(e.getCause())), e);
    }
  }

  /** The client gives a refused connection and an unknown host no text. */
  private static String reason(@Nullable Throwable failure) {
    return failure instanceof ConnectException ? "no connection" : String.valueOf(failure);
  }

  private static HttpRequest request(String endpoint, String path) throws IOException {
    try {
      return HttpRequest.newBuilder(URI.create(endpoint).resolve(path)).timeout(PATIENCE).build();
    } catch (IllegalArgumentException e) {
      throw new IOException("cannot read pages of '%s': %s".formatted(endpoint, e.getMessage()), e);
    }
  }

  private static Page page(HttpResponse<InputStream> response) {
    try (InputStream body = response.body()) {
      return new Page(
          response.statusCode(),
          new String(body.readNBytes(LONGEST), StandardCharsets.UTF_8),
          response.headers().firstValue("Date").orElse(""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
