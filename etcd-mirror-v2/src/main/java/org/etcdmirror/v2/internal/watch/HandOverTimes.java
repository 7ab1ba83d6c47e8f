package org.etcdmirror.v2.internal.watch;

import java.time.Duration;
import okhttp3.HttpUrl;
import org.etcdmirror.v2.internal.connection.V2Patience;

/**
 * The time-outs of an attempt to prove something. None of these times proves anything: they say
 * when to look closer, or when to begin anew.
 *
 * @param suspicion after this long without a byte a watch that ought to have delivered is mended
 * @param suspicionAfterBurst the same after a burst, when history is short: to be wrong costs a
 *     mend, to be late a resync
 * @param quiet how long a watch is silent before it is half-closed, so that its handler has had its
 *     turn
 * @param life a line that has begun to arrive counts as life for this long without a byte
 */
record HandOverTimes(
    Duration suspicion, Duration suspicionAfterBurst, Duration quiet, Duration life) {

  private static final Duration SUSPICION = Duration.ofMillis(300);
  private static final Duration SUSPICION_AFTER_BURST = Duration.ofMillis(60);
  private static final Duration QUIET = Duration.ofMillis(200);

  /** Times for a server, by what its last answer took and how patient one must be with it. */
  static HandOverTimes of(V2Patience patience, HttpUrl endpoint) {
    return of(patience.lastAnswer(endpoint), patience.of(endpoint));
  }

  static HandOverTimes of(Duration answer, Duration patience) {
    Duration slack = answer.multipliedBy(2);
    return new HandOverTimes(
        SUSPICION.plus(slack), SUSPICION_AFTER_BURST.plus(slack), QUIET.plus(slack), patience);
  }
}
