package org.etcdmirror.service.attack;

/** The kind of the link under attack. */
enum Kind {
  V2("v2", false),
  V3("v3", false),
  V2_TLS("v2", true),
  V3_TLS("v3", true),
  /** The sink refuses writes once it holds a few MiB. */
  V3_SMALL_SINK("v3", false);

  private final String scheme;
  private final boolean tls;

  Kind(String scheme, boolean tls) {
    this.scheme = scheme;
    this.tls = tls;
  }

  String scheme() {
    return scheme;
  }

  boolean tls() {
    return tls;
  }

  boolean isV2() {
    return scheme.equals("v2");
  }
}
