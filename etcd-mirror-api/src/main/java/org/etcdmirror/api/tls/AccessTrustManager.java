package org.etcdmirror.api.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
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
              "the server's certificate%s %s".formatted(name(chain), why(chain, e)));
      // Not the cause: many show the innermost message alone, and this one says more.
      explained.addSuppressed(e);
      throw explained;
    }
  }

  private static String name(X509Certificate @Nullable [] chain) {
    return chain == null || chain.length == 0 ? "" : " (" + described(chain[0]) + ")";
  }

  /** A certificate as a person knows it. */
  static String described(X509Certificate certificate) {
    return "%s, issued by %s, good until %s"
        .formatted(
            certificate.getSubjectX500Principal(),
            certificate.getIssuerX500Principal(),
            certificate.getNotAfter().toInstant());
  }

  private String why(X509Certificate @Nullable [] chain, CertificateException e) {
    String said = String.valueOf(e.getMessage());
    if (said.startsWith("No subject alternative") || said.startsWith("No name matching")) {
      return "does not name the host: " + said;
    }
    if (chain != null
        && chain.length > 0
        && chain[0].getNotAfter().toInstant().isBefore(Instant.now())) {
      return "has expired: have it renewed, and look at the clocks of both machines";
    }
    return "is not trusted by %s: %s; name the authority that issued it (caCert of Access; "
            .formatted(tls.trusted(), said)
        + "--source-cacert or --sink-cacert)";
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

  // For a server of this side, which says no more to its clients than that it does not trust them.

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    tls.current().trust().checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    tls.current().trust().checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    tls.current().trust().checkClientTrusted(chain, authType, engine);
  }
}
