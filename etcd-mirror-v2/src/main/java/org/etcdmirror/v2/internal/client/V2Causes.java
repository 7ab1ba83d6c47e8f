package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import okhttp3.HttpUrl;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.api.tls.AccessTls;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.connection.V2Tls;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;
import org.jspecify.annotations.Nullable;

/** Says what failed, where, and why. Safe for use by many threads. */
final class V2Causes {

  private static final int LONGEST = 1_000;

  private static final int MOST_CAUSES = 20;

  private final V2Endpoints endpoints;
  private final @Nullable AccessTls tls;

  /**
   * Creates the causes of one client.
   *
   * @param tls null if all endpoints are without
   */
  V2Causes(V2Endpoints endpoints, @Nullable AccessTls tls) {
    this.endpoints = endpoints;
    this.tls = tls;
  }

  /** The same failure with what was asked of whom, and with what it means if it is one of TLS. */
  IOException explained(IOException e, V2Request request, HttpUrl endpoint) {
    if (e instanceof V2RefusedException) {
      return e;
    }
    String message = V2Endpoints.text(endpoint) + ": " + why(e, request, endpoint);
    return e instanceof V2ProtocolException
        ? new V2ProtocolException(message, e)
        : new IOException(message, e);
  }

  private String why(IOException failure, V2Request request, HttpUrl endpoint) {
    String explained = V2Tls.explain(failure, endpoint, tls, !endpoints.everWorked());
    if (explained != null) {
      return request + " failed: " + DisplayText.of(explained, LONGEST);
    }
    Throwable root = root(failure);
    if (root instanceof UnknownHostException) {
      return "unknown host: " + endpoint.host();
    }
    if (root instanceof ConnectException) {
      return String.valueOf(root.getMessage()).toLowerCase(Locale.ROOT).contains("refused")
          ? "connection refused"
          : "connection failed: " + DisplayText.of(root.getMessage());
    }
    return request + " failed: " + DisplayText.of(failure.getMessage(), LONGEST);
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < MOST_CAUSES && root.getCause() != null; i++) {
      root = root.getCause();
    }
    return root;
  }

  /** The failure of a request that failed at each endpoint. */
  static IOException all(V2Request request, List<IOException> failures) {
    IOException last = failures.get(failures.size() - 1);
    if (failures.size() == 1) {
      return last;
    }
    StringBuilder message = new StringBuilder(request + " failed at every endpoint");
    failures.forEach(failure -> message.append("; ").append(failure.getMessage()));
    IOException all =
        failures.stream().allMatch(V2RefusedException.class::isInstance)
            ? V2RefusedException.all(message.toString(), failures)
            : new IOException(message.toString(), last);
    failures.subList(0, failures.size() - 1).forEach(all::addSuppressed);
    return all;
  }
}
