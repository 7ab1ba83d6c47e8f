package org.etcdmirror.core.internal.checkpoint;

import java.util.Map;
import java.util.StringJoiner;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.internal.DisplayText;

/** Deletes outside of the present prefixes, in words. */
public final class FormerPrefixes {

  /** So many prefixes are named in a message. */
  private static final int NAMED = 5;

  private FormerPrefixes() {}

  /**
   * The end of a sentence about deletes; empty if there are none of these.
   *
   * @param deletes how many, by the former prefix
   */
  public static String describe(Map<Bytes, Long> deletes) {
    if (deletes.isEmpty()) {
      return "";
    }
    StringJoiner named = new StringJoiner(" and ");
    deletes.entrySet().stream()
        .limit(NAMED)
        .forEach(one ->
            named.add("%d under '%s'".formatted(one.getValue(), DisplayText.of(one.getKey()))));
    if (deletes.size() > NAMED) {
      named.add("more under %d other prefixes".formatted(deletes.size() - NAMED));
    }
    return "; of these deletes, %s are outside the current prefixes and only the checkpoint says that this link wrote there: approve them, or name the prefix with --former-prefix (EtcdMirrorBuilder.formerPrefix)"
        .formatted(named);
  }
}
