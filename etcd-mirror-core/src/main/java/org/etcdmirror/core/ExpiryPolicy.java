package org.etcdmirror.core;

/** What the mirror does with a key's time to live. */
public enum ExpiryPolicy {
  /**
   * The copy has no time to live. It is deleted when the source reports that the key has expired.
   * So the copy never expires while the mirror is down, or while a client still refreshes the
   * source's key.
   */
  FOLLOW_SOURCE,

  /**
   * The copy has a time to live as well, a little longer than the source's. The mirror keeps it up
   * to date while it runs. The copy expires by itself even if the mirror never returns.
   */
  COPY
}
