package org.etcdmirror.api;

import java.time.Duration;

/**
 * A sink whose cluster decides which of several mirrors of one link leads. A hot standby needs such
 * a sink.
 */
public interface ElectingSink extends EventSink {

  /**
   * Makes a candidate for the lead of a link. Sends nothing yet. The candidate has connections of
   * its own, so that no load on this sink delays its requests, and outlives this sink.
   *
   * @param link the name of the link
   * @param member the name of this mirror, which the other members show
   * @param term how long the lead lasts without being prolonged, in whole seconds
   * @throws IllegalArgumentException if the cluster cannot hold a key for that link
   */
  Candidate candidate(String link, String member, Duration term);
}
