package org.etcdmirror.v3.internal.client;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes a server whose certificate is trusted and bears the one name that it was made for. The
 * JDK's own check of names refuses any with an underscore.
 */
final class UnderscoredTrust extends X509ExtendedTrustManager {

  private static final int DNS_NAME = 2;

  private final String host;
  private final X509ExtendedTrustManager trust;

  UnderscoredTrust(String host, X509ExtendedTrustManager trust) {
    this.host = host.toLowerCase(Locale.ROOT);
    this.trust = trust;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    trust.checkServerTrusted(chain, authType);
    Collection<List<?>> names = chain[0].getSubjectAlternativeNames();
    if (names == null || names.stream().noneMatch(this::isHost)) {
      throw new CertificateException(
          "the server's certificate is not valid for '%s', but for %s".formatted(host, names));
    }
  }

  /** The name itself, or one whose first label is a star. */
  private boolean isHost(List<?> name) {
    if (!Integer.valueOf(DNS_NAME).equals(name.get(0))) {
      return false;
    }
    String certified = String.valueOf(name.get(1)).toLowerCase(Locale.ROOT);
    int dot = host.indexOf('.');
    return certified.equals(host)
        || (dot > 0
            && host.indexOf('.', dot + 1) > 0
            && certified.equals("*" + host.substring(dot)));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    trust.checkClientTrusted(chain, authType, engine);
  }
}
