package org.etcdmirror.service.http;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509TrustManager;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.api.tls.AccessTls;
import org.etcdmirror.service.config.AdminToken;
import org.etcdmirror.service.config.PageAccess;
import org.etcdmirror.service.http.Admission.Admitted;
import org.etcdmirror.service.http.Admission.Refused;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who may act: clients that present the token or a certificate of the authorities; also
 * those on this machine. Where neither is configured, only clients on this machine.
 */
final class Guard {

  private static final Logger log = LoggerFactory.getLogger(Guard.class);

  private final @Nullable AdminToken token;
  private final @Nullable X509TrustManager authorities;

  /** The authorities are read again when their file has changed. */
  Guard(PageAccess access) {
    this.token = access.token();
    this.authorities =
        access.takesCertificates() ? AccessTls.of(access.tls()).trustManager() : null;
  }

  Admission judge(ActRequest request) {
    if (request.isOfWebPage() && !request.isOfOwnPage()) {
      return new Refused(403, "requests of a foreign web page are refused");
    }
    return authorities == null ? judgeByToken(request) : judgeByCertificate(request, authorities);
  }

  /**
   * Looks at the certificate with each act: the handshake may be older than the authorities, on a
   * connection that stayed open or by a session that was resumed.
   */
  private Admission judgeByCertificate(ActRequest request, X509TrustManager authorities) {
    List<X509Certificate> chain = request.certificates();
    if (chain.isEmpty()) {
      return token == null
          ? new Refused(
              403, "a client certificate of the authorities in --http-client-ca is needed")
          : judgeByToken(request);
    }
    X509Certificate own = chain.get(0);
    String name = DisplayText.of(own.getSubjectX500Principal().getName());
    try {
      authorities.checkClientTrusted(
          chain.toArray(X509Certificate[]::new), own.getPublicKey().getAlgorithm());
      return new Admitted("certificate '" + name + "'");
    } catch (CertificateException e) {
      return token == null
          ? new Refused(
              403,
              "the certificate '%s' is not valid by --http-client-ca: %s"
                  .formatted(name, e.getMessage()))
          : judgeByToken(request);
    }
  }

  private Admission judgeByToken(ActRequest request) {
    if (token != null) {
      return judge(request, token);
    }
    return judgeWithNothing(request);
  }

  private static Admission judge(ActRequest request, AdminToken token) {
    String presented = request.token();
    if (presented == null) {
      return new Refused(
          401,
          "a token is needed: send the header 'Authorization: Bearer TOKEN' with the token of"
              + " --admin-token-file");
    }
    try {
      return token.matches(presented)
          ? new Admitted("token")
          : new Refused(401, "the token is not that of --admin-token-file");
    } catch (IOException e) {
      log.warn(
          ServiceLogEvent.TOKEN_UNUSABLE.marker(),
          "--admin-token-file: {}; no token counts until the file can be used",
          e.getMessage());
      return new Refused(503, "the file of --admin-token-file cannot be used; see the log");
    }
  }

  private static Admission judgeWithNothing(ActRequest request) {
    if (request.isOfWebPage()) {
      return new Refused(
          403, "a web page may act only with a token; start the service with --admin-token-file");
    }
    return request.isLocal()
        ? new Admitted("loopback")
        : new Refused(
            403,
            "without --admin-token-file, only clients on the machine of this service may act, and"
                + " not through a proxy");
  }
}
