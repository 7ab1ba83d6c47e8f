package org.etcdmirror.simulation.life;

import org.etcdmirror.simulation.schedule.Script;

/** The life of a link from a v3 cluster to another. */
public final class V3Life extends LinkLife {

  public V3Life(Script script) {
    super(script, false, false);
  }
}
