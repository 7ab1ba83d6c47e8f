package org.etcdmirror.v3;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.v3.LeaseTimes.Ending;
import org.etcdmirror.v3.rpc.KeyValue;
import org.jspecify.annotations.Nullable;

/** What etcd tells of a key, as an entry. */
final class V3Puts {

  private V3Puts() {}

  static Bytes key(KeyValue kv) {
    return Bytes.of(kv.getKey().toByteArray());
  }

  /** A put with the ending of its lease; null for none, or where nobody asked for expiries. */
  static Put of(KeyValue kv, @Nullable Ending ending) {
    return new Put(
        key(kv),
        Bytes.of(kv.getValue().toByteArray()),
        kv.getModRevision(),
        ending == null ? null : ending.expiresAt(),
        ending == null ? null : ending.lease());
  }
}
