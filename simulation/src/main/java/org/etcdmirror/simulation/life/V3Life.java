package org.etcdmirror.simulation.life;

/** The life of a link from a v3 cluster to another. */
public final class V3Life extends LinkLife {

  public V3Life() {
    super(false, false);
  }
}
