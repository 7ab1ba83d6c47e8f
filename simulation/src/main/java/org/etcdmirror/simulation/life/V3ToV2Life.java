package org.etcdmirror.simulation.life;

/** The life of a link from a v3 cluster to a v2 cluster. */
public final class V3ToV2Life extends LinkLife {

  public V3ToV2Life() {
    super(false, true);
  }
}
