package org.etcdmirror.simulation.schedule;

/** A simulated life went wrong: an invariant does not hold, a deadlock, an endless loop. */
public final class SimulationException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public SimulationException(String message) {
    super(message);
  }

  public SimulationException(String message, Throwable cause) {
    super(message, cause);
  }
}
