package org.etcdmirror.kafka.connect.source.record;

import org.apache.kafka.connect.header.ConnectHeaders;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;

/**
 * The headers of a change. They have the names and the text of those that the sink of Kafka writes.
 */
final class ChangeHeaders {

  private ChangeHeaders() {}

  /**
   * Of any change.
   *
   * @param op what happened
   * @param isOfCopy whether it comes from a copy or a comparison, and not from an event
   */
  static ConnectHeaders of(MirrorEvent event, String op, boolean isOfCopy) {
    ConnectHeaders headers = new ConnectHeaders();
    headers.addString("etcd.index", Long.toString(event.index()));
    headers.addString("etcd.op", op);
    if (isOfCopy) {
      headers.addString("etcd.snapshot", "true");
    }
    return headers;
  }

  /** Of a put, with its times. */
  static ConnectHeaders ofPut(Put put, boolean isOfCopy) {
    ConnectHeaders headers = of(put, "put", isOfCopy);
    Lease lease = put.lease();
    if (lease != null) {
      headers.addString("etcd.lease", Long.toHexString(lease.id()));
      headers.addString("etcd.ttl", Long.toString(lease.ttl().toSeconds()));
    }
    Expiry expiry = put.expiresAt();
    if (expiry != null) {
      headers.addString("etcd.expires", Long.toString(expiry.instant().toEpochMilli()));
    }
    return headers;
  }
}
