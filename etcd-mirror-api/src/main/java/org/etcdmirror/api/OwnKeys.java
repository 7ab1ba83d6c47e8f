package org.etcdmirror.api;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The keys in which mirrors keep what they remember: {@code /__replication} with all that is below
 * it, by its name as a path on each kind of cluster, and single keys elsewhere that are named here.
 * They are never data. No source, sink, snapshot or stream shows them, no event changes them, and
 * no tree delete takes them away, whichever link they belong to. Immutable.
 */
public final class OwnKeys {

  /** Where mirrors keep their indexes by default: the path of a directory on etcd v2. */
  public static final String TREE = "/__replication";

  /** The keys of every cluster; no key elsewhere. */
  public static final OwnKeys DEFAULT = new OwnKeys(Set.of());

  private static final Bytes TOP = Bytes.utf8(TREE);

  private final Set<Bytes> elsewhere;

  private OwnKeys(Set<Bytes> elsewhere) {
    this.elsewhere = Set.copyOf(elsewhere);
  }

  /** These keys, and some more. */
  public OwnKeys and(Collection<Bytes> keys) {
    Set<Bytes> all = new HashSet<>(elsewhere);
    keys.stream().filter(key -> !contains(key)).forEach(all::add);
    return all.size() == elsewhere.size() ? this : new OwnKeys(all);
  }

  /** Whether the key is one of them. */
  public boolean contains(Bytes key) {
    return KeyModel.PATHS.covers(TOP, key) || (!elsewhere.isEmpty() && elsewhere.contains(key));
  }

  /** Those that are not below {@link #TREE}. */
  public Set<Bytes> elsewhere() {
    return elsewhere;
  }

  /** Whether a prefix, as the model understands it, covers one of them. */
  public boolean isReachedBy(KeyModel model, Bytes prefix) {
    return KeyModel.PATHS.covers(TOP, prefix)
        || model.covers(prefix, TOP)
        || elsewhere.stream().anyMatch(key -> model.covers(prefix, key));
  }

  /**
   * Refuses a prefix of which nothing, or next to nothing, could be mirrored. One that merely
   * contains such keys is fine.
   *
   * @throws IllegalArgumentException if the prefix is {@link #TREE}, is below it, or is one of the
   *     keys elsewhere
   */
  public void refuse(Bytes prefix) {
    if (contains(prefix)) {
      throw new IllegalArgumentException(
          "prefix '%s' cannot be mirrored: mirrors keep their indexes there".formatted(prefix));
    }
  }
}
