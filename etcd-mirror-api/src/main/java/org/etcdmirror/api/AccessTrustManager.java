package org.etcdmirror.api;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Asks the JDK's trust manager over the certificates as they are now, and explains a refusal. */
final class AccessTrustManager extends X509ExtendedTrustManager {

  private final AccessTls tls;

  AccessTrustManager(AccessTls tls) {
    this.tls = tls;
  }

  @FunctionalInterface
  private interface Check {
    void by(X509ExtendedTrustManager trust) throws CertificateException;
  }

  private void check(X509Certificate[] chain, Check check) throws CertificateException {
    try {
      check.by(tls.current().trust());
    } catch (CertificateException e) {
      CertificateException explained =
          new CertificateException(
              "the server's certificate%s is not trusted by %s: %s"
                  .formatted(name(chain), tls.trusted(), e.getMessage()));
      // Not the cause: many show the innermost message alone, and this one says more.
      explained.addSuppressed(e);
      throw explained;
    }
  }

  private static String name(X509Certificate @Nullable [] chain) {
    return chain == null || chain.length == 0
        ? ""
        : " (%s, good until %s)"
            .formatted(chain[0].getSubjectX500Principal(), chain[0].getNotAfter().toInstant());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain, trust -> trust.checkServerTrusted(chain, authType));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain, trust -> trust.checkServerTrusted(chain, authType, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, trust -> trust.checkServerTrusted(chain, authType, engine));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return tls.current().trust().getAcceptedIssuers();
  }

  // A mirror is never a server.

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side has no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("this side has no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("this side has no clients");
  }
}
