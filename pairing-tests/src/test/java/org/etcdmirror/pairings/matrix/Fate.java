package org.etcdmirror.pairings.matrix;

/** What becomes of the request at which a fault begins. */
enum Fate {
  /** It goes on to the server. */
  PASSED,
  /** The server never gets it. */
  DROPPED,
  /** The server executes it, and the mirror is told that the connection is gone. */
  ANSWER_LOST
}
