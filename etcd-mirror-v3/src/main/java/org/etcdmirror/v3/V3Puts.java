package org.etcdmirror.v3;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.v3.rpc.KeyValue;

/** What etcd tells of a key, as an entry. */
final class V3Puts {

  private V3Puts() {}

  static Put of(KeyValue kv) {
    return new Put(
        Bytes.of(kv.getKey().toByteArray()),
        Bytes.of(kv.getValue().toByteArray()),
        kv.getModRevision(),
        null);
  }

  /** Leases that are kept alive tell no watch, so a copied expiry would not stay true. */
  static void refuseExpiries(Selection selection) {
    if (selection.expiries()) {
      throw new PermanentException(
          "a v3 source does not tell when keys expire: use the policy FOLLOW_SOURCE");
    }
  }
}
