package org.etcdmirror.api.internal;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.OwnKeys;

/** The mirrors' {@linkplain OwnKeys own keys}, and single ones elsewhere. Immutable. */
public final class OwnKeySet {

  /** The keys of every cluster; no key elsewhere. */
  public static final OwnKeySet DEFAULT = new OwnKeySet(Set.of());

  private static final Bytes TOP = Bytes.utf8(OwnKeys.TREE);

  private final Set<Bytes> elsewhere;

  private OwnKeySet(Set<Bytes> elsewhere) {
    this.elsewhere = Set.copyOf(elsewhere);
  }

  /** These keys, and some more. */
  public OwnKeySet and(Collection<Bytes> keys) {
    Set<Bytes> all = new HashSet<>(elsewhere);
    keys.stream().filter(key -> !contains(key)).forEach(all::add);
    return all.size() == elsewhere.size() ? this : new OwnKeySet(all);
  }

  /** Whether the key is one of them. */
  public boolean contains(Bytes key) {
    return OwnKeys.contains(key) || (!elsewhere.isEmpty() && elsewhere.contains(key));
  }

  /** Those that are not below {@link OwnKeys#TREE}. */
  public Set<Bytes> elsewhere() {
    return elsewhere;
  }

  /** Whether a prefix, as the model understands it, covers one of them. */
  public boolean isReachedBy(KeyModel model, Bytes prefix) {
    return OwnKeys.contains(prefix)
        || model.covers(prefix, TOP)
        || elsewhere.stream().anyMatch(key -> model.covers(prefix, key));
  }

  /**
   * Refuses a prefix of which nothing, or next to nothing, could be mirrored. One that merely
   * contains such keys is fine.
   *
   * @throws IllegalArgumentException if the prefix is {@link OwnKeys#TREE}, is below it, or is one
   *     of the keys elsewhere
   */
  public void refuse(Bytes prefix) {
    if (contains(prefix)) {
      throw new IllegalArgumentException(
          "prefix '%s' cannot be mirrored: mirrors keep their indexes there".formatted(prefix));
    }
  }
}
