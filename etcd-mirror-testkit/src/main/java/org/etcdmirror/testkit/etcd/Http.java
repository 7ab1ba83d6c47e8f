package org.etcdmirror.testkit.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request on a connection of its own, so that no stale connection is ever reused. The
 * server must say {@code Connection: close}, as etcd does when it is asked to.
 */
public final class Http {

  /** An answer; the index is -1 if there was no {@code X-Etcd-Index}. */
  public record Answer(int status, String body, long etcdIndex) {}

  private Http() {}

  public static Answer request(
      String method, URI uri, @Nullable String form, String contentType, Duration timeout)
      throws IOException {
    return request(method, uri, form, contentType, null, timeout);
  }

  public static Answer request(
      String method,
      URI uri,
      @Nullable String form,
      String contentType,
      @Nullable String authorization,
      Duration timeout)
      throws IOException {
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
    connection.setRequestMethod(method);
    connection.setConnectTimeout((int) timeout.toMillis());
    connection.setReadTimeout((int) timeout.toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Connection", "close");
    if (authorization != null) {
      connection.setRequestProperty("Authorization", authorization);
    }
    try {
      if (form != null) {
        send(connection, form.getBytes(StandardCharsets.UTF_8), contentType);
      }
      int status = connection.getResponseCode();
      long index = connection.getHeaderFieldLong("X-Etcd-Index", -1);
      return new Answer(status, body(connection, status), index);
    } finally {
      connection.disconnect();
    }
  }

  private static void send(HttpURLConnection connection, byte[] body, String contentType)
      throws IOException {
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length);
    connection.setRequestProperty("Content-Type", contentType);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
    }
  }

  private static String body(HttpURLConnection connection, int status) throws IOException {
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
