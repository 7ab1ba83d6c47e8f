package org.etcdmirror.pairings.matrix;

/** What a request, or an answer of a watch, is for. */
enum Asked {
  /** A token for the user. */
  LOGIN,
  /** Entries of the scope with their values; the first page. */
  READ,
  /** A later page. */
  READ_ON,
  /** All entries of the scope at once. */
  READ_WHOLE,
  /** Events of the scope that a watch delivers. */
  EVENTS,
  /** Entries of the scope that are put. */
  WRITE,
  /** The checkpoint alone. */
  SAVE,
  /** The checkpoint with the mark of a cut-over. */
  MARK,
  OTHER;

  /** Whether this is what a trap waits for; who reads all at once reads every page. */
  boolean is(Asked awaited) {
    return this == awaited || (this == READ_WHOLE && (awaited == READ || awaited == READ_ON));
  }
}
