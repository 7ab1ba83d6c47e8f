package org.etcdmirror.service.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.etcdmirror.api.tls.AccessTls;
import org.jspecify.annotations.Nullable;

/**
 * Whether the certificates of the servers are trusted, name their hosts and are valid for a while,
 * and those of this side are valid for a while as well.
 */
record CertificatesCheck(Side side, InstantSource clock) implements Check {

  private static final Duration SOON = Duration.ofDays(14);
  private static final int PATIENCE_MILLIS = 10_000;

  @Override
  public String name() {
    return side.name() + " certificates";
  }

  @Override
  public void run(Findings findings) {
    AccessTls tls = AccessTls.of(side.access());
    List<String> secured = side.endpoints().stream().filter(CertificatesCheck::isTls).toList();
    for (String endpoint : secured) {
      addServer(findings, tls, URI.create(endpoint));
    }
    add(
        findings,
        "the trusted certificate in '%s'".formatted(side.access().caCert()),
        tls.caExpires());
    add(
        findings,
        "the client certificate in '%s'".formatted(side.access().cert()),
        tls.certExpires());
    if (secured.isEmpty()) {
      addPlain(findings);
    }
  }

  private static boolean isTls(String endpoint) {
    return endpoint.startsWith("https:");
  }

  private void addPlain(Findings findings) {
    if (side.access().user() == null) {
      findings.ok("no TLS: the addresses are http://");
    } else {
      findings.warning(
          "no TLS: the password of user '%s' crosses the network unencrypted"
              .formatted(side.access().user()),
          "use https:// addresses");
    }
  }

  /** A handshake as the mirror makes it, with the check of the host's name. */
  private void addServer(Findings findings, AccessTls tls, URI endpoint) {
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), PATIENCE_MILLIS);
      plain.setSoTimeout(PATIENCE_MILLIS);
      try (SSLSocket socket =
          (SSLSocket)
              tls.context()
                  .getSocketFactory()
                  .createSocket(plain, endpoint.getHost(), endpoint.getPort(), true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        for (Certificate shown : socket.getSession().getPeerCertificates()) {
          X509Certificate certificate = (X509Certificate) shown;
          add(
              findings,
              "the certificate of %s (%s)"
                  .formatted(endpoint, certificate.getSubjectX500Principal()),
              certificate.getNotAfter().toInstant());
        }
      }
    } catch (IOException e) {
      String explained = tls.explain(e, endpoint.getHost(), true);
      if (explained == null) {
        findings.notChecked(endpoint + ": " + e.getMessage());
      } else {
        findings.problem(endpoint + ": " + explained, "");
      }
    }
  }

  private void add(Findings findings, String what, @Nullable Instant expires) {
    if (expires == null) {
      return;
    }
    Duration left = Duration.between(clock.instant(), expires);
    String text = "%s expires at %s".formatted(what, expires);
    if (left.isNegative()) {
      findings.problem(what + " expired at " + expires, "renew it");
    } else if (left.compareTo(SOON) < 0) {
      findings.warning(text, "renew it");
    } else {
      findings.ok(text);
    }
  }
}
