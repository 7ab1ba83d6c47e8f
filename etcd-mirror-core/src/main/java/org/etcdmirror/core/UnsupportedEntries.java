package org.etcdmirror.core;

/**
 * What the mirror does with entries of the source that the sink cannot hold. etcd v2 cannot hold a
 * key that is not a path, a value that is not text, and a key that is both a value and a parent of
 * others.
 */
public enum UnsupportedEntries {
  /**
   * The mirror fails with an {@link org.etcdmirror.api.UnsupportedEntryException} that names them.
   * A resync looks for them before it writes anything, and the index never moves past one. The next
   * start compares source and sink.
   */
  FAIL,

  /**
   * The mirror leaves them out, counts them and reports them to listeners. It also deletes their
   * older values from the sink. If a key is both a value and a parent, the sink holds the value and
   * the keys below it are left out. When the value is deleted, source and sink are compared.
   */
  SKIP
}
