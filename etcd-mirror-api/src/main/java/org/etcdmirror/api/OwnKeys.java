package org.etcdmirror.api;

/**
 * The keys in which mirrors keep what they remember: {@code /__replication} with all that is below
 * it, by its name as a path on each kind of cluster. A sink may add {@linkplain EventSink#ownKeys
 * keys elsewhere}. They are never data. No source, sink, snapshot or stream shows them, no event
 * changes them, and no tree delete takes them away, whichever link they belong to.
 */
public final class OwnKeys {

  /** Where mirrors keep their indexes by default: the path of a directory on etcd v2. */
  public static final String TREE = "/__replication";

  private static final Bytes TOP = Bytes.utf8(TREE);

  private OwnKeys() {}

  /** Whether the key is one of them on every cluster. */
  public static boolean contains(Bytes key) {
    return KeyModel.PATHS.covers(TOP, key);
  }
}
