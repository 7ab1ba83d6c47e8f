package org.etcdmirror.v3.internal.sink;

import java.time.Duration;

/**
 * A lease in the sink.
 *
 * @param id its number there, never 0
 * @param seconds how long it lives after it was granted or kept alive
 * @param shadow whether it stands for a lease of the source and is kept alive with it; else it is
 *     there for one key, and ends when it ends
 */
record SinkLease(long id, long seconds, boolean shadow) {

  /** The longest that etcd grants. */
  private static final long LONGEST = 9_000_000_000L;

  SinkLease {
    seconds = bounded(seconds);
  }

  /** A lease to grant for a time to live. */
  static long seconds(Duration ttl) {
    return bounded(ttl.toSeconds());
  }

  private static long bounded(long seconds) {
    return Math.min(LONGEST, Math.max(1, seconds));
  }

  /** Whether a lease that was granted for so long does as well. */
  boolean isCoveredBy(long granted) {
    return granted >= seconds;
  }
}
