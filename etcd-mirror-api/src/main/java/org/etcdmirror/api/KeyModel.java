package org.etcdmirror.api;

/** How keys are named, and so what a prefix means. */
public enum KeyModel {
  /**
   * Keys are paths of segments, as in etcd v2: {@code /conf} covers {@code /conf} and {@code
   * /conf/a} and never {@code /conftool}; {@code /} covers everything. Directories exist and are
   * part of the state.
   */
  PATHS,

  /**
   * Keys are bytes without structure, as in etcd v3: a prefix covers each key that begins with it,
   * and the empty prefix covers everything. There are no directories.
   */
  BYTES;

  private static final Bytes ROOT = Bytes.utf8("/");

  /** Whether {@code prefix} covers {@code key}. */
  public boolean covers(Bytes prefix, Bytes key) {
    if (this == BYTES || prefix.equals(ROOT)) {
      return key.startsWith(prefix);
    }
    return key.startsWith(prefix)
        && (key.size() == prefix.size() || key.at(prefix.size()) == (byte) '/');
  }
}
