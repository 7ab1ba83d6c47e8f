package org.etcdmirror.api;

/** Where a stream begins. */
public sealed interface Start {

  /** With whatever happens from now on. */
  record Now() implements Start {}

  /**
   * With the first event after an index.
   *
   * @param index the last index that is not wanted
   */
  record After(long index) implements Start {}

  /** With whatever happens from now on. */
  static Start now() {
    return new Now();
  }

  /** With the first event after {@code index}. */
  static Start after(long index) {
    return new After(index);
  }
}
