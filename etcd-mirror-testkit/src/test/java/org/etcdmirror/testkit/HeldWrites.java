package org.etcdmirror.testkit;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.FencedException;

/** The line to a reference sink's place: it holds writes back on request. */
final class HeldWrites {

  private final List<Runnable> held = new ArrayList<>();
  private boolean holding;

  void hold(boolean on) {
    holding = on;
  }

  /** Executes a write now, or keeps it for later. Returns whether its answer arrives. */
  boolean send(Runnable write) {
    if (holding) {
      held.add(write);
      return false;
    }
    write.run();
    return true;
  }

  int execute() {
    for (Runnable write : held) {
      try {
        write.run();
      } catch (FencedException refused) {
        // The place refuses it. Its sender is not told any more.
      }
    }
    int count = held.size();
    held.clear();
    return count;
  }
}
