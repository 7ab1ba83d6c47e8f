package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The lease of an etcd v3 key: all keys on one lease go together when no client keeps it alive. A
 * v2 key has a time to live of its own, and no lease.
 *
 * @param id the lease's number in the source; never 0, may be negative
 * @param ttl how long it lives after it was last kept alive, as granted; whole seconds
 */
public record Lease(long id, Duration ttl) {

  /** Refuses the number 0, which is etcd's word for no lease. */
  public Lease {
    requireNonNull(ttl, "ttl");
    if (id == 0) {
      throw new IllegalArgumentException(
          "lease number is 0; a source that knows none leaves the lease out");
    }
  }
}
