package org.etcdmirror.core.internal.lifecycle;

import java.time.Duration;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.ResyncReport;
import org.jspecify.annotations.Nullable;

/** The engines of a mirror, of which one is in use at a time. For any threads. */
public interface Lives {

  /** The engine that is in use. */
  Engine now();

  /** Begins, on threads of its own. */
  void start();

  /** Begins, and waits for the end. An interrupt ends it. */
  void run();

  /** Begins and ends on the caller's thread. */
  ResyncReport syncOnce() throws InterruptedException;

  /** What ended it; null while it lives, and if it was closed. */
  @Nullable Throwable failure();

  /** Whether the current thread is one of the mirror's own, which cannot wait for the mirror. */
  boolean isCalledByItself();

  /** Waits for the engine that comes after another one; null if none comes in time. */
  @Nullable Engine after(Engine ended, Duration timeout) throws InterruptedException;

  /** The role among the members of the link; null without standbys. */
  MirrorStatus.@Nullable Membership membership();

  /** Ends it, and waits for that unless a thread of its own asks; harmless when repeated. */
  void close();
}
