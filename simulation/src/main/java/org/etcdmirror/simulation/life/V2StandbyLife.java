package org.etcdmirror.simulation.life;

import org.etcdmirror.simulation.schedule.Script;

/** The life of the members of a link from a v2 cluster to another. */
public final class V2StandbyLife extends StandbyLife {

  public V2StandbyLife(Script script) {
    super(script, true);
  }
}
