package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.internal.DisplayText;
import org.jspecify.annotations.Nullable;

/**
 * How far a sink is.
 *
 * @param index the sink holds the effect of every event of the scope through this source index
 * @param clusterId the identity of the source's cluster; null if the checkpoint comes from a
 *     program that did not record it
 * @param scope the fingerprint of the scope that was mirrored; null if it was not recorded
 * @param savedAt when it was made, on the mirror's clock
 * @param applying if not 0, the sink holds a part of what happened from {@code index} up to this
 *     index, which was too large to be applied as one
 * @param notes what the engine tells its next run besides, by name: a name is made of letters,
 *     digits and hyphens, a value is text. A store keeps them as they are, and in any order. A note
 *     whose name begins with {@code must-} may not be ignored: an engine that does not know it
 *     refuses the checkpoint. While {@code must-compare} is there, the sink is not known to hold
 *     {@code index}
 */
public record Checkpoint(
    long index,
    @Nullable String clusterId,
    @Nullable String scope,
    Instant savedAt,
    long applying,
    Map<String, String> notes) {

  /** A checkpoint of a sink that is exactly at the index, without notes. */
  public Checkpoint(
      long index, @Nullable String clusterId, @Nullable String scope, Instant savedAt) {
    this(index, clusterId, scope, savedAt, 0, Map.of());
  }

  /** Copies the notes; refuses nulls, negative indexes, and names that are none. */
  public Checkpoint {
    requireNonNull(savedAt, "savedAt");
    if (index < 0) {
      throw new IllegalArgumentException("index must not be negative: " + index);
    }
    notes = Collections.unmodifiableMap(new TreeMap<>(notes));
    for (String name : notes.keySet()) {
      if (!isName(name)) {
        throw new IllegalArgumentException(
            "name of a note must consist of letters, digits and hyphens: '"
                + DisplayText.of(name)
                + "'");
      }
    }
  }

  /** A checkpoint is made for each batch, so it uses no regular expression. */
  private static boolean isName(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isOfName(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isOfName(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }

  /** The same checkpoint while a part of what leads to a later index is applied. */
  public Checkpoint whileApplying(long later) {
    return new Checkpoint(index, clusterId, scope, savedAt, later, notes);
  }

  /** The same checkpoint with these notes in place of its own. */
  public Checkpoint withNotes(Map<String, String> others) {
    return new Checkpoint(index, clusterId, scope, savedAt, applying, others);
  }
}
