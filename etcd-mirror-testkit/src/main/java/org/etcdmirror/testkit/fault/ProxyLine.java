package org.etcdmirror.testkit.fault;

/** One direction of a line, shared by all connections: says when what is sent has passed. */
final class ProxyLine {

  private long freeNanos = System.nanoTime();

  /**
   * Takes the next free time for this many bytes; returns the nanoTime at which they are through.
   */
  synchronized long send(int bytes, LinkLimits limits) {
    long now = System.nanoTime();
    long start = freeNanos - now > 0 ? freeNanos : now;
    freeNanos = start + limits.nanosFor(bytes);
    return freeNanos;
  }
}
