package org.etcdmirror.pairings.matrix;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets a fault begin at the first request of a kind. What becomes of it becomes of the later ones
 * too if the trap stays set. Safe for use by many threads.
 */
final class Trap {

  private final Asked awaited;
  private final Runnable fault;
  private final Fate fate;
  private final boolean stays;
  private final AtomicBoolean sprung = new AtomicBoolean();
  private final CompletableFuture<Boolean> done = new CompletableFuture<>();

  Trap(Asked awaited, Runnable fault, Fate fate, boolean stays) {
    this.awaited = awaited;
    this.fault = fault;
    this.fate = fate;
    this.stays = stays;
  }

  /** Says what becomes of a request; the fault has begun if it is the awaited one. */
  Fate fateOf(Asked asked) {
    if (asked != awaited) {
      return Fate.PASSED;
    }
    if (!sprung.compareAndSet(false, true)) {
      return stays ? fate : Fate.PASSED;
    }
    try {
      fault.run();
      done.complete(true);
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
    return fate;
  }

  /** Whether the fault begins or has begun. */
  boolean isSpringing() {
    return sprung.get();
  }

  /** Whether the fault has begun. */
  boolean hasSprung() throws ExecutionException, InterruptedException {
    return done.isDone() && done.get();
  }
}
