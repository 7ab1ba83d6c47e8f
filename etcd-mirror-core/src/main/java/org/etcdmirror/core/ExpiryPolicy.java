package org.etcdmirror.core;

/** What becomes of a key's time to live. */
public enum ExpiryPolicy {
  /**
   * The copy has none. It goes when the source says that the key has expired, so the copy never
   * dies while the mirror is down or the source is still being refreshed.
   */
  FOLLOW_SOURCE,

  /**
   * The copy has one too, a little longer than the source's, kept true while the mirror runs. It
   * goes by itself even if the mirror never comes back.
   */
  COPY
}
