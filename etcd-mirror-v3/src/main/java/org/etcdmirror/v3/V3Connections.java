package org.etcdmirror.v3;

import org.etcdmirror.v3.internal.client.ChannelPool;

/**
 * The connections that the sources and sinks of a process share. Those to the same endpoint with
 * the same certificates use the same connections, also as different users: one for requests and one
 * for watches, for each 32 of them. Without this, a source or a sink has connections of its own.
 *
 * <p>A connection is made with the first request, and ends when the last source or sink that uses
 * it is closed. So there is nothing to close here. To close one source or sink, or its failure,
 * does nothing to the others; a connection that is lost is lost to all that use it.
 *
 * <p>A mirror whose events wait does not hold up the others: each watch has its own window of flow
 * control, and at most 1 MiB of it waits unread.
 *
 * <p>Safe for use by many threads.
 */
public final class V3Connections {

  private static final V3Connections OF_PROCESS = create();

  private final ChannelPool pool = new ChannelPool();

  private V3Connections() {}

  /** Connections that are shared by whom they are given to. */
  public static V3Connections create() {
    return new V3Connections();
  }

  /**
   * The connections that all sources and sinks share which are made from an address, as the service
   * and the Spring Boot starter do.
   */
  public static V3Connections ofProcess() {
    return OF_PROCESS;
  }

  ChannelPool pool() {
    return pool;
  }

  /** The number of connections that there are now, or will be with the next request. */
  @Override
  public String toString() {
    return pool.size() + " connections";
  }
}
