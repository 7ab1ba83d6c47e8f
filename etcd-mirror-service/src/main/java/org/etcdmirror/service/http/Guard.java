package org.etcdmirror.service.http;

import java.io.IOException;
import org.etcdmirror.service.config.AdminToken;
import org.etcdmirror.service.config.PageAccess;
import org.etcdmirror.service.http.Admission.Admitted;
import org.etcdmirror.service.http.Admission.Refused;
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
  private final boolean takesCertificates;

  Guard(PageAccess access) {
    this.token = access.token();
    this.takesCertificates = access.takesCertificates();
  }

  Admission judge(ActRequest request) {
    if (request.isOfWebPage() && !request.isOfOwnPage()) {
      return new Refused(403, "requests of a foreign web page are refused");
    }
    if (takesCertificates && request.certificate() != null) {
      return new Admitted("certificate '" + request.certificate() + "'");
    }
    if (token != null) {
      return judge(request, token);
    }
    return takesCertificates
        ? new Refused(403, "a client certificate of the authorities in --http-client-ca is needed")
        : judgeWithNothing(request);
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
      log.warn("--admin-token-file: {}; all actions are refused", e.getMessage());
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
