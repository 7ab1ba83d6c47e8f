package org.etcdmirror.kafka.internal.read;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.Selection;

/** Which keys a selection asks for, and in which order their prefixes come. */
final class Wanted {

  static final int NOT = -1;

  private final List<Bytes> prefixes;
  private final Set<Bytes> keys;

  Wanted(Selection selection) {
    this.prefixes = selection.exact() ? List.of() : selection.prefixes();
    this.keys = selection.exact() ? new HashSet<>(selection.prefixes()) : Set.of();
  }

  /** The number of the prefix that the key begins with; {@link #NOT} if it is not asked for. */
  int group(Bytes key) {
    if (OwnKeys.contains(key)) {
      return NOT;
    }
    if (keys.contains(key)) {
      return 0;
    }
    for (int i = 0; i < prefixes.size(); i++) {
      if (key.startsWith(prefixes.get(i))) {
        return i;
      }
    }
    return NOT;
  }
}
