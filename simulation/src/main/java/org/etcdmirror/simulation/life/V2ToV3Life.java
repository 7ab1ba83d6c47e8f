package org.etcdmirror.simulation.life;

/** The life of a link from a v2 cluster to a v3 cluster. */
public final class V2ToV3Life extends LinkLife {

  public V2ToV3Life() {
    super(true, false);
  }
}
