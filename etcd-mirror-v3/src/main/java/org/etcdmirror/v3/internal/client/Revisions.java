package org.etcdmirror.v3.internal.client;

/** Checks whether a number can be a revision of etcd. */
public final class Revisions {

  /**
   * At a million changes a second it takes 285 years to get there. If a larger number were stored,
   * no later event would ever be newer.
   */
  private static final long MOST = 1L << 53;

  private Revisions() {}

  /** Whether a cluster may have counted to it; an empty one is at 1. */
  public static boolean isPossible(long revision) {
    return revision > 0 && revision <= MOST;
  }
}
