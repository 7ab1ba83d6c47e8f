package org.etcdmirror.v2.internal.watch;

/** The result of a {@link HandOverAttempt}. */
enum Verdict {
  /** Undecided. */
  WAIT,
  /** Everything through {@link HandOverAttempt#provenIndex} is delivered; the watch stays. */
  CONFIRM,
  /** The watch delivered what history held; it stays. */
  KEEP,
  /** The watch is delivering something; the attempt is of no use. */
  SUPERFLUOUS,
  /** The same again at once, from a newer index. */
  AGAIN,
  /** Silence could not be proven here. */
  UNPROVEN,
  /** The old watch is to be half-closed. */
  DRAIN,
  /** The new watch takes over, and everything through its header's index is delivered. */
  PROMOTE,
  /** The old watch lost events, or may have. */
  LOST,
  /** The attempt did not come about; see {@link HandOverAttempt#failure}. */
  FAILED
}
