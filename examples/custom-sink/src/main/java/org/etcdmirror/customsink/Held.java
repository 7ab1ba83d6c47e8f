package org.etcdmirror.customsink;

import org.etcdmirror.api.MirrorEvent.Put;
import org.jspecify.annotations.Nullable;

/**
 * A key with its raw value, and the host that it describes. The bytes are kept as they are: source
 * and sink are compared by them.
 *
 * @param put the key and its value
 * @param host the host that it describes, if it does
 * @param problem why it describes no host although it should; null also for keys outside the pools
 */
record Held(Put put, @Nullable Host host, @Nullable String problem) {

  /** Reads the value of a host's key. */
  static Held ofHost(Put put) {
    try {
      return new Held(put, HostJson.parse(put.value()), null);
    } catch (HostJson.UnreadableException e) {
      return new Held(put, null, e.getMessage());
    }
  }

  /** The same host under another expiry. */
  Held with(Put refreshed) {
    return new Held(refreshed, host, problem);
  }
}
