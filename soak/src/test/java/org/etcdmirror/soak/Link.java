package org.etcdmirror.soak;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.testkit.etcd.TestCertificates;

/** The options that name the link, for all commands. */
final class Link {

  /** The name in the certificate that mirrors show. */
  static final String USER = "mirror";

  private Link() {}

  /** As they reach the clusters by the lines that all instances share. */
  static List<String> options(Settings settings, Cluster source, Cluster sink) {
    return options(settings, source, source.proxiedUrls(), sink, sink.proxiedUrls());
  }

  /** As one instance reaches the clusters. */
  static List<String> options(
      Settings settings, Cluster source, String sourceUrls, Cluster sink, String sinkUrls) {
    Pairing pairing = settings.pairing();
    String prefix = pairing.prefix(Scope.PREFIX);
    String target = pairing.prefix(settings.scope().target());
    List<String> options = new ArrayList<>();
    addCertificates(options, source);
    addCertificates(options, sink);
    options.addAll(
        List.of(
            "--source",
            (pairing.fromV3() ? "v3:" : "v2:") + sourceUrls,
            "--sink",
            (pairing.toV3() ? "v3:" : "v2:") + sinkUrls,
            "--prefix",
            prefix + "=" + target,
            "--exclude-prefix",
            pairing.prefix(Scope.PREFIX + Scope.PRIVATE),
            "--link",
            "soak",
            "--ttl",
            settings.copiesExpiries() ? "copy" : "follow"));
    return List.copyOf(options);
  }

  private static void addCertificates(List<String> options, Cluster cluster) {
    TestCertificates certificates = cluster.certificates();
    if (certificates != null) {
      TestCertificates.Pair client = certificates.client(USER);
      String side = "--" + cluster.side();
      options.addAll(List.of(side + "-cacert", certificates.caCert().toString()));
      options.addAll(List.of(side + "-cert", client.cert().toString()));
      options.addAll(List.of(side + "-key", client.key().toString()));
    }
  }
}
