package org.etcdmirror.simulation.model;

/** A server of a cluster, of either API. */
public interface Member {

  /** A member that is down refuses connections; those that there are break. */
  void down(boolean isDown);

  /** Sets how late it applies what the cluster has written, at most; in nanoseconds. */
  void lag(long most);
}
