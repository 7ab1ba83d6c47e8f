package org.etcdmirror.v3.internal.client;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.jspecify.annotations.Nullable;

/** The TLS of an endpoint: none, or with the certificates that the user named. */
final class V3Tls {

  /** As short as it can be: a resumed session would still go by the certificates of before. */
  private static final long SESSION_SECONDS = 1;

  private static final String MARK = "TLS: ";

  private static final String OTHER_WAY =
      "the server speaks TLS at this port; write https://, or name a port without TLS";

  private static final String PERHAPS =
      "the server closed the connection without an answer; if it speaks TLS at this port, write https://";

  private final URI endpoint;
  private final @Nullable AccessTls tls;
  private final ChannelCredentials credentials;

  private V3Tls(URI endpoint, @Nullable AccessTls tls, ChannelCredentials credentials) {
    this.endpoint = endpoint;
    this.tls = tls;
    this.credentials = credentials;
  }

  /**
   * Creates the TLS for the channels to an endpoint.
   *
   * @throws IllegalArgumentException if a file can't be used, or the endpoint would go without it;
   *     one line says which
   */
  static V3Tls of(URI endpoint, Access access) {
    if (endpoint.getScheme().equals("http")) {
      if (access.needsTls()) {
        throw new IllegalArgumentException(
            "certificates are configured, but endpoint '%s' is not https; write https://"
                .formatted(endpoint));
      }
      return new V3Tls(endpoint, null, InsecureChannelCredentials.create());
    }
    AccessTls tls = AccessTls.of(access);
    SslContextBuilder context =
        GrpcSslContexts.forClient()
            .trustManager(trust(endpoint, tls.trustManager()))
            .keyManager(tls.keyManager())
            .sessionTimeout(SESSION_SECONDS);
    try {
      return new V3Tls(endpoint, tls, NettySslContextChannelCredentials.create(context.build()));
    } catch (SSLException e) {
      throw new IllegalArgumentException(
          "TLS setup failed for %s: %s".formatted(endpoint, e.getMessage()), e);
    }
  }

  ChannelCredentials credentials() {
    return credentials;
  }

  /**
   * The same status with a description of which side refused what, if it is a failure of TLS.
   *
   * @param mayBeLost as {@link AccessTls#explain} wants it
   */
  Status explained(Status status, boolean mayBeLost) {
    if (status.getCode() != Status.Code.UNAVAILABLE && status.getCode() != Status.Code.INTERNAL) {
      return status;
    }
    String why;
    if (tls == null) {
      why =
          speaksTls(status.getCause()) ? OTHER_WAY : mayBeLost && isClosed(status) ? PERHAPS : null;
    } else {
      // Its message is the description, which may be all that there is.
      Exception failure = status.asException();
      why = tls.explain(failure, V3Endpoints.host(endpoint), mayBeLost);
    }
    return why == null ? status : status.withDescription(MARK + why);
  }

  /** Go's TLS says nothing to the first bytes of HTTP/2. It closes, or resets what is unread. */
  private static boolean isClosed(Status status) {
    if (status.getCause() == null) {
      return String.valueOf(status.getDescription()).contains("Network closed");
    }
    for (Throwable one = status.getCause(); one != null; one = one.getCause()) {
      if (String.valueOf(one.getMessage()).contains("Connection reset")) {
        return true;
      }
    }
    return false;
  }

  /** Whether a description says all that there is to say. */
  static boolean isExplained(Status status) {
    String text = status.getDescription();
    return text != null && text.startsWith(MARK);
  }

  /** An alert of TLS, or a page of HTTP/1, in answer to HTTP/2 in plain text. */
  private static boolean speaksTls(@Nullable Throwable cause) {
    for (Throwable one = cause; one != null; one = one.getCause()) {
      String said = String.valueOf(one.getMessage());
      if (said.contains("5 bytes: 1503") || said.contains("HTTP request to an HTTPS server")) {
        return true;
      }
    }
    return false;
  }

  private static TrustManager trust(URI endpoint, X509ExtendedTrustManager trust) {
    return V3Endpoints.isUnderscored(endpoint)
        ? new UnderscoredTrust(V3Endpoints.host(endpoint), trust)
        : trust;
  }
}
