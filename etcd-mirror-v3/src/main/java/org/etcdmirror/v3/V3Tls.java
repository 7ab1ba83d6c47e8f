package org.etcdmirror.v3;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.etcdmirror.api.Access;
import org.etcdmirror.api.AccessTls;

/** How to meet an endpoint: in plain text, or by the certificates that the user named. */
final class V3Tls {

  /** As short as it can be: a resumed session would still go by the certificates of before. */
  private static final long SESSION_SECONDS = 1;

  private V3Tls() {}

  /**
   * Credentials for the channels to an endpoint.
   *
   * @throws IllegalArgumentException if a file can't be used, or the endpoint would go without it;
   *     one line says which
   */
  static ChannelCredentials credentials(URI endpoint, Access access) {
    if (endpoint.getScheme().equals("http")) {
      if (access.caCert() != null || access.cert() != null) {
        throw new IllegalArgumentException(
            "certificates are given, but '%s' is not https".formatted(endpoint));
      }
      return InsecureChannelCredentials.create();
    }
    AccessTls tls = AccessTls.of(access);
    SslContextBuilder context =
        GrpcSslContexts.forClient()
            .trustManager(trust(endpoint, tls.trustManager()))
            .sessionTimeout(SESSION_SECONDS);
    X509ExtendedKeyManager keys = tls.keyManager();
    if (keys != null) {
      context.keyManager(keys);
    }
    try {
      return NettySslContextChannelCredentials.create(context.build());
    } catch (SSLException e) {
      throw new IllegalArgumentException(
          "no TLS is possible for %s: %s".formatted(endpoint, e.getMessage()), e);
    }
  }

  private static TrustManager trust(URI endpoint, X509ExtendedTrustManager trust) {
    return V3Endpoints.isUnderscored(endpoint)
        ? new UnderscoredTrust(V3Endpoints.host(endpoint), trust)
        : trust;
  }
}
