package org.etcdmirror.v2.internal.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.ConnectionSpec;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.jspecify.annotations.Nullable;

/** Makes TLS sockets by the certificates as they are at that moment. */
public final class V2Tls extends SSLSocketFactory {

  /** As on v3, whose TLS is that of HTTP/2: TLS 1.3, and TLS 1.2 with forward secrecy. */
  private static final List<ConnectionSpec> SPECS =
      List.of(ConnectionSpec.RESTRICTED_TLS, ConnectionSpec.CLEARTEXT);

  /** The answer of Go's HTTPS server to plain HTTP. */
  private static final String HTTP_TO_HTTPS = "HTTP request to an HTTPS server";

  /** The first bytes of an alert of TLS 1.0 to 1.3. */
  private static final String ALERT = "\u0015\u0003";

  private final AccessTls tls;

  private V2Tls(AccessTls tls) {
    this.tls = tls;
  }

  /**
   * Lets a client use the certificates that the access names.
   *
   * @return null if all endpoints are without TLS
   * @throws IllegalArgumentException if one can't be used, or an endpoint would go without them;
   *     one line says which
   */
  public static @Nullable AccessTls apply(
      Access access, V2Endpoints endpoints, OkHttpClient.Builder client) {
    if (access.needsTls()) {
      endpoints.requireTls();
    }
    client.connectionSpecs(SPECS);
    if (!endpoints.anyTls()) {
      return null;
    }
    AccessTls tls = AccessTls.of(access);
    client.sslSocketFactory(new V2Tls(tls), tls.trustManager());
    return tls;
  }

  /**
   * Why TLS with an endpoint failed, or that it speaks TLS and was asked without.
   *
   * @param mayBeLost as {@link AccessTls#explain} wants it
   * @return null if it failed for another reason
   */
  public static @Nullable String explain(
      IOException failure, HttpUrl endpoint, @Nullable AccessTls tls, boolean mayBeLost) {
    if (endpoint.isHttps()) {
      return tls == null ? null : tls.explain(failure, endpoint.host(), mayBeLost);
    }
    String said = String.valueOf(failure.getMessage());
    if (said.contains(HTTP_TO_HTTPS) || said.contains(ALERT)) {
      return "the server speaks TLS at this port; write https://, or name a port without TLS";
    }
    return mayBeLost && said.startsWith("unexpected end of stream")
        ? "the server closed the connection without an answer; if it speaks TLS at this port, write https://"
        : null;
  }

  private SSLSocketFactory now() {
    return tls.context().getSocketFactory();
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return now().getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return now().getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return now().createSocket(socket, host, port, autoClose);
  }

  // OkHttp only puts TLS over sockets that are connected.

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }
}
