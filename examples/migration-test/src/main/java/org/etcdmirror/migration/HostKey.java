package org.etcdmirror.migration;

import java.util.List;

/**
 * Names one host in one pool. Its path is the same in v2 and v3, and so are the names that it is
 * made of: a name that only one of the two could hold is refused.
 */
public record HostKey(String dc, String cluster, String service, String host)
    implements Comparable<HostKey> {

  /** The beginning of all paths, before a slash. */
  public static final String ROOT = "/conftool/v1/pools";

  private static final int NAMES = 4;

  /** Refuses names that are no segment of a path in v2, or a hidden one. */
  public HostKey {
    for (String name : List.of(dc, cluster, service, host)) {
      if (name.isEmpty() || name.contains("/") || name.startsWith("_") || name.matches("\\.\\.?")) {
        throw new IllegalArgumentException("'" + name + "' cannot be a name in both v2 and v3");
      }
    }
  }

  /** Reads {@code DC/CLUSTER/SERVICE/HOST}. */
  public static HostKey parse(String names) {
    String[] parts = names.split("/", -1);
    if (parts.length != NAMES) {
      throw new IllegalArgumentException("'" + names + "' is not DC/CLUSTER/SERVICE/HOST");
    }
    return new HostKey(parts[0], parts[1], parts[2], parts[3]);
  }

  /** Reads a key of etcd. */
  static HostKey ofPath(String path) {
    if (!path.startsWith(ROOT + "/")) {
      throw new IllegalArgumentException("'" + path + "' is not below " + ROOT);
    }
    return parse(path.substring(ROOT.length() + 1));
  }

  /** The key in etcd. */
  public String path() {
    return ROOT + "/" + this;
  }

  @Override
  public int compareTo(HostKey other) {
    return path().compareTo(other.path());
  }

  @Override
  public String toString() {
    return String.join("/", dc, cluster, service, host);
  }
}
