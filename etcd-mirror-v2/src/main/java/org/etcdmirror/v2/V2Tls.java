package org.etcdmirror.v2;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.OkHttpClient;
import org.etcdmirror.api.Access;
import org.etcdmirror.api.AccessTls;

/** Makes TLS sockets by the certificates as they are at that moment. */
final class V2Tls extends SSLSocketFactory {

  private final AccessTls tls;

  private V2Tls(AccessTls tls) {
    this.tls = tls;
  }

  /**
   * Lets a client use the certificates that the access names.
   *
   * @throws IllegalArgumentException if one can't be used, or an endpoint would go without them;
   *     one line says which
   */
  static void apply(Access access, V2Endpoints endpoints, OkHttpClient.Builder client) {
    if (access.caCert() != null || access.cert() != null) {
      endpoints.requireTls();
    }
    if (endpoints.anyTls()) {
      AccessTls tls = AccessTls.of(access);
      client.sslSocketFactory(new V2Tls(tls), tls.trustManager());
    }
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
