package org.etcdmirror.v3.internal.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** Reads the user whom a client certificate names to etcd: its common name. */
final class CertificateUser {

  private CertificateUser() {}

  /** The name; null if the certificate has none. */
  static @Nullable String of(Path pem) throws IOException {
    try (InputStream in = Files.newInputStream(pem)) {
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return part.getValue().toString();
        }
      }
      return null;
    } catch (CertificateException | InvalidNameException e) {
      throw new IOException(
          "cannot read a user name in '%s': %s".formatted(pem, e.getMessage()), e);
    }
  }
}
