package org.etcdmirror.simulation.schedule;

/** Threads that a crash ends together, and a wall clock of their own. */
public final class SimulatedProcess {

  private final String name;
  private boolean killed;
  private long wallClockOffset;

  public SimulatedProcess(String name) {
    this.name = name;
  }

  public boolean isKilled() {
    return killed;
  }

  void kill() {
    killed = true;
  }

  /** By how many nanoseconds the wall clock is wrong. */
  public long wallClockOffset() {
    return wallClockOffset;
  }

  /** Sets the wall clock forward, or back. */
  public void stepWallClock(long nanos) {
    wallClockOffset += nanos;
  }

  @Override
  public String toString() {
    return name;
  }
}
