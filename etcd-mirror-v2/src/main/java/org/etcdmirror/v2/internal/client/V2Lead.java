package org.etcdmirror.v2.internal.client;

import java.time.Duration;
import org.etcdmirror.api.FencedException;

/** How long a request may take, for a client that may write only while it leads. */
@FunctionalInterface
public interface V2Lead {

  /** Writes at any time. A request is bounded by the usual time-outs alone. */
  V2Lead ALWAYS = changes -> Duration.ZERO;

  /**
   * Asked before each request. May wait for a while.
   *
   * @param changes whether the request may change something
   * @return the longest time for the request; zero for no bound
   * @throws FencedException if it may not be sent any more
   */
  Duration longest(boolean changes) throws InterruptedException;
}
