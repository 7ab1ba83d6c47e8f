package org.etcdmirror.simulation.schedule;

import java.security.SecureRandom;

/** Draws from the seed of the life. */
public final class SimulatedRandom extends SecureRandom {

  private static final long serialVersionUID = 1;

  public SimulatedRandom() {
    super();
  }

  @Override
  public void nextBytes(byte[] bytes) {
    Scheduler.current().random().nextBytes(bytes);
  }
}
