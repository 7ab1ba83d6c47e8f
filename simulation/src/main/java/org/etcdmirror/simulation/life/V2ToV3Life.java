package org.etcdmirror.simulation.life;

import org.etcdmirror.simulation.schedule.Script;

/** The life of a link from a v2 cluster to a v3 cluster. */
public final class V2ToV3Life extends LinkLife {

  public V2ToV3Life(Script script) {
    super(script, true, false);
  }
}
