package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.v3.rpc.Event;

/**
 * Proves to a stream that nothing has happened in its range, which no event reports. Used by the
 * polling thread.
 */
sealed interface Silence permits ProgressRequests, QuietProof {

  /**
   * Something came from the server: it is not silent.
   *
   * @param arrivedNanos when it came; it may have waited here since
   */
  void heard(long arrivedNanos);

  /** As of when the newest answer without an event shows the source; not after it came. */
  long answeredNanos();

  /**
   * An answer of the watch begins; called before anything of it counts as delivered.
   *
   * @param index through which the stream is complete
   * @param told the newest revision that the answers before it reported
   * @param next the first revision that this answer does not pass over
   * @throws LostEventsException if the server may have left out events before it
   * @throws IOException if that can't be found out now
   */
  void answered(long index, long told, long next)
      throws IOException, LostEventsException, InterruptedException;

  /** An event that the stream delivers. */
  void see(Event event);

  /** The time until a proof is worth its cost. */
  long nanosUntilDue();

  /**
   * Makes the effort.
   *
   * @param index through which the stream is complete
   * @return a newer index through which it is complete as well; or the same
   * @throws LostEventsException if events are missing for good
   * @throws IOException if the stream is of no use any more
   */
  long advance(long index) throws IOException, LostEventsException, InterruptedException;

  /** Whether the last {@link #advance} has shown that nothing happened, also at the same index. */
  boolean isProven();
}
