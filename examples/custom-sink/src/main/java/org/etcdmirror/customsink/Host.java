package org.etcdmirror.customsink;

/**
 * One host in the pool of a service.
 *
 * @param weight its share of the traffic, never negative
 * @param pooled whether it receives traffic
 */
public record Host(int weight, Pooled pooled) {

  /** Whether a host receives traffic. */
  public enum Pooled {
    /** It receives traffic. */
    YES,
    /** It receives no traffic for now. */
    NO,
    /** It receives no traffic and is not monitored either. */
    INACTIVE
  }
}
