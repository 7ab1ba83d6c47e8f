package org.etcdmirror.core.internal.unsupported;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * The values that hold the place of a directory for keys below them, so that these are left out.
 * When one of them goes, what it shadowed can be held again, and only a comparison finds it.
 */
public final class Shadows {

  /** Some 20 MB of keys; who has more needs another sink. */
  private static final int MOST = 100_000;

  private final Set<Bytes> keys = new HashSet<>();

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  boolean contains(Bytes key) {
    return keys.contains(key);
  }

  /** False if it was known. */
  boolean add(Bytes key) {
    boolean added = keys.add(key);
    if (keys.size() > MOST) {
      throw new PermanentException(
          "too many keys are both a value and a parent of other keys: more than %d, last '%s'; exclude some of them"
              .formatted(MOST, key));
    }
    return added;
  }

  public void replaceBy(Collection<Bytes> others) {
    keys.clear();
    others.forEach(this::add);
  }

  /** The known value above the key, or null. */
  @Nullable Bytes above(Bytes key) {
    if (keys.isEmpty()) {
      return null;
    }
    byte[] bytes = key.toByteArray();
    for (int i = 1; i < bytes.length; i++) {
      if (bytes[i] == (byte) '/') {
        Bytes ancestor = Bytes.of(Arrays.copyOf(bytes, i));
        if (keys.contains(ancestor)) {
          return ancestor;
        }
      }
    }
    return null;
  }
}
