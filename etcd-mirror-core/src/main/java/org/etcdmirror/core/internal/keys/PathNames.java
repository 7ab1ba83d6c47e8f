package org.etcdmirror.core.internal.keys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/** Keys as paths: whether a key can be one, what is above it, and how deep it is. */
public final class PathNames {

  private PathNames() {}

  /** Why a key that begins with a slash is no path of a value; null if it is one. */
  static @Nullable String flaw(Bytes key) {
    String path = key.utf8();
    if (path.equals("/")) {
      return "the root is a directory";
    }
    for (String segment : path.substring(1).split("/", -1)) {
      if (segment.isEmpty()) {
        return "a segment is empty";
      } else if (segment.equals(".") || segment.equals("..")) {
        return "a segment is '" + segment + "'";
      }
    }
    return null;
  }

  /** The number of slashes in a key. */
  public static int depth(Bytes key) {
    int depth = 0;
    for (int i = 0; i < key.size(); i++) {
      depth += key.at(i) == (byte) '/' ? 1 : 0;
    }
    return depth;
  }

  /** The paths above a key, the shortest first. */
  public static List<Bytes> parents(Bytes key) {
    List<Bytes> parents = new ArrayList<>();
    for (int i = 1; i < key.size(); i++) {
      if (key.at(i) == (byte) '/') {
        parents.add(Bytes.of(Arrays.copyOf(key.toByteArray(), i)));
      }
    }
    return parents;
  }
}
