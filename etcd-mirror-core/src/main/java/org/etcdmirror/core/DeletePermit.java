package org.etcdmirror.core;

/**
 * What a person has approved beyond the {@link DeleteLimit}.
 *
 * @param deletes so many
 * @param emptySource also if the source holds nothing
 */
record DeletePermit(long deletes, boolean emptySource) {

  static final DeletePermit NONE = new DeletePermit(0, false);

  boolean covers(long wanted, boolean emptied) {
    return wanted <= deletes && (emptySource || !emptied);
  }
}
