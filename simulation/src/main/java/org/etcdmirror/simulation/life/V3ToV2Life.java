package org.etcdmirror.simulation.life;

import org.etcdmirror.simulation.schedule.Script;

/** The life of a link from a v3 cluster to a v2 cluster. */
public final class V3ToV2Life extends LinkLife {

  public V3ToV2Life(Script script) {
    super(script, false, true);
  }
}
