package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import org.etcdmirror.api.Bytes;

/** Keys on the wire and off it, and which of them belong to the mirror itself. */
final class SinkKeys {

  /** Where the checkpoints are. */
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
}
