package org.etcdmirror.service.config;

import org.etcdmirror.api.internal.ShellWord;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the pages.
 *
 * @param token the token of those who may act; null for none
 * @param tls the certificate of the pages, and the authorities of those who may act; without a
 *     certificate, the pages are served without TLS
 */
public record PageAccess(@Nullable AdminToken token, Access tls) {

  /** All may read, and this machine may act. */
  public static final PageAccess LOCAL = new PageAccess(null, Access.ANONYMOUS);

  static PageAccess of(Values values) {
    Access tls = AccessOption.parsePages(values);
    if (tls.cert() == null) {
      values.refuse(LinkOption.HTTP_CLIENT_CA, "it needs --http-cert as well");
    }
    return new PageAccess(AdminToken.of(values.optional(LinkOption.ADMIN_TOKEN_FILE)), tls);
  }

  /** Whether the pages are served over TLS. */
  public boolean isSecure() {
    return tls.cert() != null;
  }

  /** Whether a client with a certificate may act. */
  public boolean takesCertificates() {
    return tls.caCert() != null;
  }

  /** Returns the command of a shell that posts to an address. The token is in no argument of it. */
  public String postCommand(String url) {
    String post = "curl -X POST " + ShellWord.of(url);
    return token == null
        ? post
        : "sed 's/^/Authorization: Bearer /;q' %s | %s -H @-"
            .formatted(ShellWord.of(token.file().toString()), post);
  }
}
