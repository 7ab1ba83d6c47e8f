package org.etcdmirror.simulation.schedule;

/** Ends the threads of a killed process: whatever they call next throws this. */
public final class SimulatedKill extends Error {

  private static final long serialVersionUID = 1;

  SimulatedKill() {
    super("killed", null, false, false);
  }
}
