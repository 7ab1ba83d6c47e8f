package org.etcdmirror.soak;

import org.etcdmirror.soak.Fault.End;
import org.etcdmirror.soak.Fault.UnsuitableException;
import org.etcdmirror.testkit.etcd.TestCertificates;

/** What happens to the certificates of a side. */
final class CertificateFaults {

  private CertificateFaults() {}

  /** New ones of the same authority take the place of the old ones, and connections begin anew. */
  static End renew(Stage stage, Step step) throws Exception {
    TestCertificates certificates = certificates(stage, step);
    certificates.server();
    certificates.client(Link.USER);
    cut(stage, step);
    return End.NOTHING;
  }

  static End anotherHost(Stage stage, Step step) throws Exception {
    TestCertificates certificates = certificates(stage, step);
    certificates.serverElsewhere("elsewhere.example");
    cut(stage, step);
    return () -> {
      certificates.server();
      cut(stage, step);
    };
  }

  private static TestCertificates certificates(Stage stage, Step step) throws Exception {
    TestCertificates certificates = step.cluster(stage).certificates();
    if (certificates == null) {
      throw new UnsuitableException("this side is reached without TLS");
    }
    return certificates;
  }

  private static void cut(Stage stage, Step step) {
    step.cluster(stage).members().forEach(member -> member.clients().cutAll());
  }
}
