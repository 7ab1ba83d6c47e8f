package org.etcdmirror.customsink;

import org.etcdmirror.api.MirrorEvent.Put;
import org.jspecify.annotations.Nullable;

/**
 * A key with its value as it came, and what the value says. The bytes are kept whatever they are:
 * by them source and sink are compared.
 *
 * @param put the key and its value
 * @param host the host that it describes, if it does
 * @param problem why it describes none, where it should; null also for a key that is none of a host
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
