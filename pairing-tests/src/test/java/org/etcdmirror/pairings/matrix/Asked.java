package org.etcdmirror.pairings.matrix;

/** What a request, or an answer of a watch, is for. */
enum Asked {
  /** A token for the user. */
  LOGIN,
  /** Entries of the scope with their values; the first page. */
  READ,
  /** A later page. */
  READ_ON,
  /** Events of the scope that a watch delivers. */
  EVENTS,
  /** Entries of the scope that are put. */
  WRITE,
  /** The checkpoint alone. */
  SAVE,
  /** The checkpoint with the mark of a cut-over. */
  MARK,
  OTHER
}
