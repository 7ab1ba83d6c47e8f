package org.etcdmirror.customsink;

/**
 * What is known of one host in the pool of a service.
 *
 * @param weight its share of the traffic, never negative
 * @param pooled whether it is to have any
 */
public record Host(int weight, Pooled pooled) {

  /** Whether a host is to have traffic. */
  public enum Pooled {
    /** It is. */
    YES,
    /** Not now. */
    NO,
    /** Not now, and it is not to be watched either. */
    INACTIVE
  }
}
