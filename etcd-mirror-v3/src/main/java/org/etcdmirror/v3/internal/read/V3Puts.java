package org.etcdmirror.v3.internal.read;

import com.google.protobuf.ByteString;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.internal.read.LeaseTimes.Ending;
import org.etcdmirror.v3.rpc.KeyValue;
import org.jspecify.annotations.Nullable;

/** Converts a key of etcd to an entry. */
public final class V3Puts {

  /** Most keys are told from the mirrors' own without a copy. */
  private static final ByteString OWN_TOP = Wire.wire(Wire.OWN_TOP);

  private V3Puts() {}

  public static Bytes key(KeyValue kv) {
    return Bytes.of(kv.getKey().toByteArray());
  }

  /** Whether the key keeps what a mirror remembers, and is no data. */
  public static boolean isOwn(KeyValue kv) {
    return kv.getKey().startsWith(OWN_TOP) && OwnKeys.contains(key(kv));
  }

  /** A put with the ending of its lease; null for none. */
  public static Put of(KeyValue kv, @Nullable Ending ending) {
    return put(
        kv, ending == null ? null : ending.expiresAt(), ending == null ? null : ending.lease());
  }

  /** A put without its expiry. */
  public static Put withoutTimes(KeyValue kv) {
    return put(kv, kv.getLease() == 0 ? null : Expiry.UNTOLD, null);
  }

  private static Put put(KeyValue kv, @Nullable Expiry expiresAt, @Nullable Lease lease) {
    return new Put(
        key(kv), Bytes.of(kv.getValue().toByteArray()), kv.getModRevision(), expiresAt, lease);
  }
}
