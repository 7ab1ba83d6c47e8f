package org.etcdmirror.soak;

import java.util.List;

/** The options that name the link, for all commands. */
final class Link {

  private Link() {}

  static List<String> options(Settings settings, Cluster source, Cluster sink) {
    Pairing pairing = settings.pairing();
    String prefix = pairing.prefix(Scope.PREFIX);
    String target = pairing.prefix(settings.scope().target());
    return List.of(
        "--source",
        (pairing.fromV3() ? "v3:" : "v2:") + source.proxiedUrls(),
        "--sink",
        (pairing.toV3() ? "v3:" : "v2:") + sink.proxiedUrls(),
        "--prefix",
        prefix + "=" + target,
        "--exclude-prefix",
        pairing.prefix(Scope.PREFIX + Scope.PRIVATE),
        "--link",
        "soak");
  }
}
