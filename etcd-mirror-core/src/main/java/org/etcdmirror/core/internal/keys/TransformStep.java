package org.etcdmirror.core.internal.keys;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.Transform;
import org.jspecify.annotations.Nullable;

/** A transform, or none, that is held to what it promised. Keys bear their names in the source. */
public final class TransformStep {

  private final @Nullable Transform transform;
  private final String name;
  private final boolean renames;

  /**
   * A step.
   *
   * @throws PermanentException if the transform does not say what it is
   */
  TransformStep(@Nullable Transform transform) {
    this.transform = transform;
    this.name =
        transform == null
            ? "none"
            : "'%s' (%s)".formatted(identity(transform), transform.getClass().getName());
    this.renames = transform != null && told(transform, "renames()", transform::renames);
  }

  /**
   * The identity that a transform returns.
   *
   * @throws PermanentException if it throws or gives null
   */
  public static String identity(Transform transform) {
    return told(transform, "identity()", transform::identity);
  }

  private static <T> T told(Transform transform, String what, Supplier<@Nullable T> call) {
    T answer;
    try {
      answer = call.get();
    } catch (Throwable e) {
      throw new PermanentException(
          "transform %s failed: %s threw %s".formatted(transform.getClass().getName(), what, e), e);
    }
    if (answer == null) {
      throw new PermanentException(
          "transform %s failed: %s returned null".formatted(transform.getClass().getName(), what));
    }
    return answer;
  }

  boolean isPresent() {
    return transform != null;
  }

  boolean renames() {
    return renames;
  }

  /**
   * All keys that the transform may make of a key, each once.
   *
   * @throws PermanentException if the transform throws
   */
  List<Bytes> keys(Bytes key) {
    if (transform == null || !renames) {
      return List.of(key);
    }
    List<Bytes> keys = guarded(key, () -> List.copyOf(transform.keys(key)));
    return keys.size() < 2 ? keys : List.copyOf(new LinkedHashSet<>(keys));
  }

  /**
   * The puts that the transform makes of a put, by key and in the order of {@code keys}.
   *
   * @param keys those of {@link #keys}
   * @throws PermanentException if the transform throws, or gives a key that is none of these, or
   *     one twice
   */
  Map<Bytes, Put> apply(Put put, List<Bytes> keys) {
    if (transform == null) {
      return Map.of(put.key(), put);
    }
    List<Put> made = guarded(put.key(), () -> List.copyOf(transform.apply(put)));
    Map<Bytes, Put> byKey = new LinkedHashMap<>();
    for (Put one : made) {
      if (!keys.contains(one.key())) {
        throw broken(
            put.key(),
            "it returned the key '" + one.key() + "', which its targets do not contain",
            null);
      }
      // The index is the source's whatever the transform made of it.
      Put same = new Put(one.key(), one.value(), put.index(), one.expiresAt(), one.lease());
      if (byKey.put(one.key(), same) != null) {
        throw broken(put.key(), "it returned the key '" + one.key() + "' twice", null);
      }
    }
    return byKey;
  }

  private <T> T guarded(Bytes key, Supplier<T> call) {
    try {
      return call.get();
    } catch (Throwable e) {
      throw broken(key, e.toString(), e);
    }
  }

  /** Two keys or more become one. */
  PermanentException collision(Set<Bytes> sources, Bytes sinkKey) {
    return new PermanentException(
        "transform %s maps several source keys to one sink key: %s to '%s'"
            .formatted(name, sources, sinkKey));
  }

  private PermanentException broken(Bytes key, String why, @Nullable Throwable cause) {
    return new PermanentException(
        "transform %s failed for key '%s': %s".formatted(name, key, why), cause);
  }
}
