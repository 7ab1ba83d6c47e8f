package org.etcdmirror.service.http;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.etcdmirror.api.tls.AccessTls;
import org.etcdmirror.service.config.PageAccess;

/**
 * Makes the server of the pages, with TLS where it has a certificate. The files are looked at with
 * each handshake. A session that is resumed has none, so {@link Guard} looks again.
 */
final class PageTls extends HttpsConfigurator {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final boolean asksForCertificates;

  private PageTls(SSLContext context, boolean asksForCertificates) {
    super(context);
    this.asksForCertificates = asksForCertificates;
  }

  static HttpServer create(InetSocketAddress address, PageAccess access) throws IOException {
    if (!access.isSecure()) {
      return HttpServer.create(address, 0);
    }
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(
        new PageTls(AccessTls.of(access.tls()).context(), access.takesCertificates()));
    return server;
  }

  /** A client without a certificate may read, and act with the token. */
  @Override
  public void configure(HttpsParameters parameters) {
    SSLParameters tls = getSSLContext().getDefaultSSLParameters();
    tls.setProtocols(PROTOCOLS);
    tls.setCipherSuites(
        Stream.of(tls.getCipherSuites()).filter(PageTls::isStrong).toArray(String[]::new));
    tls.setUseCipherSuitesOrder(true);
    tls.setWantClientAuth(asksForCertificates);
    parameters.setSSLParameters(tls);
  }

  /** Has forward secrecy and authenticated encryption. */
  private static boolean isStrong(String suite) {
    if (suite.startsWith("TLS_AES_") || suite.startsWith("TLS_CHACHA20_")) {
      return true;
    }
    return suite.startsWith("TLS_ECDHE_")
        && (suite.contains("_GCM_") || suite.contains("_CHACHA20_"));
  }
}
