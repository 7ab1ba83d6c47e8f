package org.etcdmirror.simulation.life;

import org.etcdmirror.simulation.schedule.Script;

/** The life of a link from a v2 cluster to another. */
public final class V2Life extends LinkLife {

  public V2Life(Script script) {
    super(script, true, true);
  }
}
