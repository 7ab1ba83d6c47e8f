package org.etcdmirror.v3.internal.sink;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the lease of another member's lead has ended. etcd removes the keys of a lease
 * up to half a second after its end, and seconds later if it is busy. It prolongs no lease that has
 * ended. Used by one thread.
 */
final class LeaderLease {

  /** A key has this lease if it has none. */
  private static final long NONE = 0;

  private final V3Client client;
  private final Duration term;
  private @Nullable Long lease;

  /** The lease lasts until then, by {@link System#nanoTime()}. */
  private long notBefore;

  LeaderLease(V3Client client, Duration term) {
    this.client = client;
    this.term = term;
  }

  /**
   * Whether a lease that a key was found on has ended. The server is asked only when that can be. A
   * lease that was not seen before lasts for a term, because the member that answers may not know
   * it yet.
   */
  boolean hasEnded(long found) throws IOException, InterruptedException {
    long now = System.nanoTime();
    if (lease == null || lease != found) {
      lease = found;
      notBefore = now + term.toNanos();
    }
    if (now - notBefore < 0) {
      return false;
    }
    long left = found == NONE ? -1 : secondsLeft(found);
    notBefore = now + TimeUnit.SECONDS.toNanos(Math.max(0, left));
    return left < 0;
  }

  /** Cut to whole seconds: 0 is less than a second before the end, or after it. */
  private long secondsLeft(long of) throws IOException, InterruptedException {
    LeaseTimeToLiveRequest question = LeaseTimeToLiveRequest.newBuilder().setID(of).build();
    return client.read(LeaseGrpc.getLeaseTimeToLiveMethod(), question).getTTL();
  }
}
