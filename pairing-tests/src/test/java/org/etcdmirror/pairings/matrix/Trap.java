package org.etcdmirror.pairings.matrix;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets a fault begin at a request of a kind. What becomes of a login becomes of the later ones too:
 * the first may be that of a thread which only looks and reports nothing. Safe for use by many
 * threads.
 */
final class Trap {

  private final Cell cell;
  private final Asked awaited;
  private final Callable<Boolean> fault;
  private final AtomicInteger seen = new AtomicInteger();
  private final CompletableFuture<Boolean> done = new CompletableFuture<>();

  Trap(Cell cell, Asked awaited, Callable<Boolean> fault) {
    this.cell = cell;
    this.awaited = awaited;
    this.fault = fault;
  }

  /** Says what becomes of a request; the fault has begun if it is the awaited one. */
  Fate fateOf(Asked asked) {
    if (!asked.is(awaited)) {
      return Fate.PASSED;
    }
    int number = seen.incrementAndGet();
    if (number != cell.request()) {
      return number > cell.request() && cell.stage() == Stage.LOGIN
          ? cell.fault().fate()
          : Fate.PASSED;
    }
    try {
      done.complete(fault.call());
    } catch (Exception e) {
      done.completeExceptionally(e);
    }
    return cell.fault().fate();
  }

  /** Whether the fault begins or has begun. */
  boolean isSpringing() {
    return seen.get() >= cell.request();
  }

  /** Whether the fault has begun. */
  boolean hasSprung() throws ExecutionException, InterruptedException {
    return done.isDone() && done.get();
  }
}
