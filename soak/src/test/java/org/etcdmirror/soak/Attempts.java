package org.etcdmirror.soak;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Each value that was ever sent to the source, and the key that it was for. Each is sent once. */
final class Attempts {

  private final Map<String, String> keys = new HashMap<>();

  /**
   * A value that is new, for a key or for a new key in a directory; it is said before it is sent.
   */
  synchronized String value(String key, String text) {
    String value = text + "#" + keys.size();
    keys.put(value, key);
    return value;
  }

  /** The first of these that never was in the source. */
  synchronized Optional<String> unknown(Map<String, String> seen) {
    return seen.entrySet().stream()
        .filter(
            entry -> !entry.getKey().endsWith("/") && !isKnown(entry.getKey(), entry.getValue()))
        .map(entry -> "%s never had the value '%s'".formatted(entry.getKey(), entry.getValue()))
        .findFirst();
  }

  /** The empty value is sent to any key. */
  private boolean isKnown(String key, String value) {
    if (value.isEmpty()) {
      return true;
    }
    String sent = keys.get(value);
    return sent != null && (key.equals(sent) || key.startsWith(sent + "/"));
  }
}
