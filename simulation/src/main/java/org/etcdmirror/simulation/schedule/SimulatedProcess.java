package org.etcdmirror.simulation.schedule;

/** Threads that a crash ends and a freeze stops together, and a wall clock of their own. */
public final class SimulatedProcess {

  private final String name;
  private boolean killed;
  private long wallClockOffset;
  private long frozenUntil;
  private long stoodStill;

  public SimulatedProcess(String name) {
    this.name = name;
  }

  public boolean isKilled() {
    return killed;
  }

  void kill() {
    killed = true;
  }

  /** Its threads do not run until then, as after SIGSTOP. Its clocks go on. */
  void freeze(long now, long until) {
    stoodStill += Math.max(0, until - Math.max(now, frozenUntil));
    frozenUntil = Math.max(frozenUntil, until);
  }

  boolean isFrozen(long now) {
    return !killed && now < frozenUntil;
  }

  /** When its threads run again, if it is frozen. */
  long frozenUntil() {
    return frozenUntil;
  }

  /** For how many nanoseconds it was frozen in all, or will have been. */
  public long stoodStill() {
    return stoodStill;
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
