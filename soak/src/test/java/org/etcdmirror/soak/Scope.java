package org.etcdmirror.soak;

import java.util.Map;
import java.util.TreeMap;

/**
 * What is mirrored, and to which name.
 *
 * @param target the prefix in the sink; that of the source is {@link #PREFIX}
 */
record Scope(String target) {

  static final String PREFIX = "/soak/";

  /** Left out, though it is below the prefix: the sink has keys of its own there. */
  static final String PRIVATE = "private/";

  /** What the sink must hold of what the source holds. */
  Map<String, String> ofSource(Map<String, String> source) {
    return below(PREFIX, source);
  }

  /** What the sink holds, under the names of the source. */
  Map<String, String> ofSink(Map<String, String> sink) {
    return below(target, sink);
  }

  /** Whether the source's key is mirrored. */
  static boolean holds(String key) {
    return key.startsWith(PREFIX) && !key.startsWith(PREFIX + PRIVATE);
  }

  private static Map<String, String> below(String prefix, Map<String, String> all) {
    Map<String, String> found = new TreeMap<>();
    all.forEach((key, value) -> {
      String name = key.startsWith(prefix) ? PREFIX + key.substring(prefix.length()) : "";
      if (holds(name)) {
        found.put(name, value);
      }
    });
    return found;
  }
}
