package org.etcdmirror.v2.internal.connection;

import java.time.Duration;
import org.etcdmirror.api.internal.Refusals;

/**
 * The time-outs of a client.
 *
 * @param refused how long each endpoint must repeat a refusal before it is final
 * @param call how much longer a call may take than the server may be silent; see {@link V2Deadline}
 */
public record V2Limits(Duration refused, Duration call) {

  public static final V2Limits DEFAULT = new V2Limits(Refusals.PATIENCE, Duration.ofSeconds(20));

  public V2Limits withRefused(Duration time) {
    return new V2Limits(time, call);
  }

  V2Limits withCall(Duration time) {
    return new V2Limits(refused, time);
  }
}
