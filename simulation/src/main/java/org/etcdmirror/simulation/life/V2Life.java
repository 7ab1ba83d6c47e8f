package org.etcdmirror.simulation.life;

/** The life of a link from a v2 cluster to another. */
public final class V2Life extends LinkLife {

  public V2Life() {
    super(true, true);
  }
}
