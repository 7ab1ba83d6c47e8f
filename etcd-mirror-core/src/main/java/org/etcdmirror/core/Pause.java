package org.etcdmirror.core;

/** A person's wish that nothing be written. The applier waits for its end between two works. */
final class Pause {

  private boolean wanted;
  private boolean over;

  synchronized void begin() {
    wanted = true;
  }

  synchronized void end() {
    wanted = false;
    notifyAll();
  }

  synchronized boolean isWanted() {
    return wanted && !over;
  }

  synchronized void awaitEnd() throws InterruptedException {
    while (wanted && !over) {
      wait();
    }
  }

  /** The mirror ends, and nobody waits any more. */
  synchronized void over() {
    over = true;
    notifyAll();
  }
}
