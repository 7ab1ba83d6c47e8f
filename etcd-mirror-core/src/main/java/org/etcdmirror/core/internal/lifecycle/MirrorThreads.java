package org.etcdmirror.core.internal.lifecycle;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a mirror. The applier is the last to end: the others are interrupted as soon as
 * the mirror is to end. Safe for use by many threads.
 */
final class MirrorThreads {

  private final Thread reader;
  private final Thread applier;
  private final Thread monitor;
  private final @Nullable Thread verifier;
  private final @Nullable Thread takeover;

  /** The caller's thread that works in place of the applier. */
  private final AtomicReference<@Nullable Thread> caller = new AtomicReference<>();

  /** The tasks of the threads; none is started. */
  MirrorThreads(
      String link,
      Runnable reader,
      Runnable applier,
      Runnable monitor,
      @Nullable Runnable verifier,
      @Nullable Runnable takeover) {
    this.reader = thread(link, "reader", reader);
    this.applier = thread(link, "applier", applier);
    this.monitor = thread(link, "monitor", monitor);
    this.verifier = verifier == null ? null : thread(link, "verifier", verifier);
    this.takeover = takeover == null ? null : thread(link, "takeover", takeover);
  }

  static Thread thread(String link, String role, Runnable task) {
    Thread thread = new Thread(task, "etcd-mirror-" + link + "-" + role);
    thread.setDaemon(true);
    return thread;
  }

  /** Starts all but the reader, which waits for the checkpoint. */
  void start() {
    applier.start();
    if (verifier != null) {
      verifier.start();
    }
    if (takeover != null) {
      takeover.start();
    }
    monitor.start();
  }

  void startReader() {
    reader.start();
  }

  /** The current thread works in place of the applier, or no longer does. */
  void callerApplies(boolean now) {
    caller.set(now ? Thread.currentThread() : null);
  }

  /** Whether the current thread is one that the mirror's end waits for. */
  boolean areCurrent() {
    Thread current = Thread.currentThread();
    return current == applier
        || current == reader
        || current == verifier
        || current == takeover
        || current == caller.get();
  }

  /** Interrupts the threads that write nothing. */
  void interruptReading() {
    reader.interrupt();
    if (verifier != null) {
      verifier.interrupt();
    }
    if (takeover != null) {
      takeover.interrupt();
    }
    monitor.interrupt();
  }

  /** Interrupts what writes. */
  void interruptApplying() {
    applier.interrupt();
    Thread inPlace = caller.get();
    if (inPlace != null) {
      inPlace.interrupt();
    }
  }
}
