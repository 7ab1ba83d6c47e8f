package org.etcdmirror.kafka.connect.source.record;

import org.apache.kafka.connect.header.ConnectHeaders;
import org.etcdmirror.api.MirrorEvent;

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
}
