package org.etcdmirror.core;

/**
 * What becomes of entries of the source that the sink cannot hold: a key that is no path or a value
 * that is not text where the sink is etcd v2, and there also a key that is a value and a parent of
 * others at the same time.
 */
public enum UnsupportedEntries {
  /**
   * The mirror fails with an {@link org.etcdmirror.api.UnsupportedEntryException} that names them.
   * A resync looks for them before it writes anything, and the index never moves past one. When it
   * is started again, source and sink are compared.
   */
  FAIL,

  /**
   * They are left out, counted and told to listeners, and the sink keeps no older value of theirs.
   * Of a key that is both a value and a parent, the value stays and what is below it is left out,
   * until the value goes: then source and sink are compared.
   */
  SKIP
}
