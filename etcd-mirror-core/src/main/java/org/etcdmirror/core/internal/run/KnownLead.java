package org.etcdmirror.core.internal.run;

/**
 * When the sink's cluster last confirmed that this mirror leads its link. A mirror without standbys
 * always leads. For any threads.
 */
public final class KnownLead {

  private final boolean isElected;
  private boolean confirmed;
  private long askedNanos;

  KnownLead(boolean isElected) {
    this.isElected = isElected;
  }

  /**
   * The cluster answered that this mirror leads.
   *
   * @param asked when it was asked, by {@link System#nanoTime}
   */
  public synchronized void confirmed(long asked) {
    confirmed = true;
    askedNanos = asked;
  }

  /** Whether the cluster was asked after this time, and answered that this mirror leads. */
  public synchronized boolean isConfirmedSince(long nanos) {
    return !isElected || (confirmed && askedNanos - nanos > 0);
  }
}
