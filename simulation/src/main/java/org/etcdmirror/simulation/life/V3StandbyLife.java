package org.etcdmirror.simulation.life;

import org.etcdmirror.simulation.schedule.Script;

/** The life of the members of a link from a v3 cluster to another. */
public final class V3StandbyLife extends StandbyLife {

  public V3StandbyLife(Script script) {
    super(script, false);
  }
}
