package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import java.util.List;
import okhttp3.HttpUrl;
import org.etcdmirror.api.DisplayText;
import org.etcdmirror.api.tls.AccessTls;
import org.jspecify.annotations.Nullable;

/** Says what failed, where, and why. Safe for use by many threads. */
final class V2Causes {

  private final V2Endpoints endpoints;
  private final @Nullable AccessTls tls;

  /**
   * For one client.
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
    String message =
        "%s at %s: %s"
            .formatted(
                request, V2Endpoints.text(endpoint), DisplayText.of(said(e, endpoint), 1_000));
    return e instanceof V2ProtocolException
        ? new V2ProtocolException(message, e)
        : new IOException(message, e);
  }

  private @Nullable String said(IOException failure, HttpUrl endpoint) {
    String explained = V2Tls.explain(failure, endpoint, tls, !endpoints.everWorked());
    return explained == null ? failure.getMessage() : explained;
  }

  /** What a request failed with at each endpoint. */
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
