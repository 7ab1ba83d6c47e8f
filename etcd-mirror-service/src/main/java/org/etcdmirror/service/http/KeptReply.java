package org.etcdmirror.service.http;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the reply of a page for a moment, so that a flood of requests computes it a few times a
 * second. While the mirror's status hangs, the page gives its last reply until that is too old.
 */
final class KeptReply implements Supplier<StatusReply> {

  private static final Duration FRESH = Duration.ofMillis(100);

  /** From this age on the status hangs, and the process is not worth keeping. */
  private static final Duration STALE = Duration.ofSeconds(30);

  private final Supplier<StatusReply> page;
  private final ReentrantLock computing = new ReentrantLock();
  private volatile @Nullable Kept last;

  private record Kept(StatusReply reply, long atNanos) {

    boolean isOlderThan(Duration age) {
      return System.nanoTime() - atNanos > age.toNanos();
    }
  }

  KeptReply(Supplier<StatusReply> page) {
    this.page = page;
  }

  @Override
  public StatusReply get() {
    Kept known = last;
    if (known != null && !known.isOlderThan(FRESH)) {
      return known.reply();
    }
    if (known == null) {
      computing.lock();
    } else if (!computing.tryLock()) {
      return known.isOlderThan(STALE)
          ? StatusReply.text(503, "the mirror's status has not answered for 30 s")
          : known.reply();
    }
    try {
      StatusReply reply = page.get();
      last = new Kept(reply, System.nanoTime());
      return reply;
    } finally {
      computing.unlock();
    }
  }
}
