package org.etcdmirror.v2.internal.client;

import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.api.internal.DisplayText;

/**
 * A write has more bytes than its way to etcd takes, or than etcd itself does. Nothing was done,
 * until the limit is raised.
 */
public final class V2TooLargeException extends PermanentException {

  private static final long serialVersionUID = 1L;

  public V2TooLargeException(String message) {
    super(message);
  }

  /** A request that something before etcd answered with HTTP 413. */
  static V2TooLargeException refused(String key, String endpoint, long bytes) {
    return new V2TooLargeException(
        "%2$s: %1$s: HTTP 413: a proxy refused a request of %3$d bytes; raise its limit (nginx: client_max_body_size, default 1 MiB)"
            .formatted(DisplayText.of(key), endpoint, bytes));
  }

  /** The same as what becomes of an entry. */
  public Refusal refusal(Put put) {
    return new Refusal(
        put.key(),
        "the value is too large: %d bytes; %s".formatted(put.value().size(), getMessage()));
  }
}
