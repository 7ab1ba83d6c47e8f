package org.etcdmirror.testkit.fault;

/** The present faults of a {@link FaultProxy}. Shared by its threads. */
final class Faults {

  static final long NO_LIMIT = -1;

  volatile boolean refuse;
  volatile LinkLimits link = LinkLimits.NONE;
  volatile int htmlStatus;
  volatile long truncateAfter = NO_LIMIT;
  private boolean stalled;

  synchronized void stall(boolean on) {
    stalled = on;
    notifyAll();
  }

  /** Waits while everything is stalled. */
  synchronized void awaitFlow() throws InterruptedException {
    while (stalled) {
      wait();
    }
  }

  void heal() {
    refuse = false;
    link = LinkLimits.NONE;
    htmlStatus = 0;
    truncateAfter = NO_LIMIT;
    stall(false);
  }
}
