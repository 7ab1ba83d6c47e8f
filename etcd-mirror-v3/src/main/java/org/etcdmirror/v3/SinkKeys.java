package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import org.etcdmirror.api.Bytes;

/** Ranges of keys, and which of them belong to the mirror itself. */
final class SinkKeys {

  static final Bytes OWN = Bytes.utf8("/__replication/");
  static final Bytes OWN_END = Bytes.utf8("/__replication0");
  private static final Bytes ZERO = Bytes.of(new byte[] {0});

  private SinkKeys() {}

  static ByteString wire(Bytes bytes) {
    return ByteString.copyFrom(bytes.toByteArray());
  }

  static Bytes bytes(ByteString bytes) {
    return Bytes.of(bytes.toByteArray());
  }

  /** The key right after this one. */
  static Bytes after(Bytes key) {
    return key.plus(ZERO);
  }

  static ByteString start(Bytes prefix) {
    return wire(prefix.isEmpty() ? ZERO : prefix);
  }

  /** The end of a prefix's range, in etcd's spelling: one zero byte for no end. */
  static ByteString end(Bytes prefix) {
    byte[] end = prefix.toByteArray();
    for (int i = end.length - 1; i >= 0; i--) {
      if (end[i] != -1) {
        end[i]++;
        return ByteString.copyFrom(end, 0, i + 1);
      }
    }
    return wire(ZERO);
  }
}
