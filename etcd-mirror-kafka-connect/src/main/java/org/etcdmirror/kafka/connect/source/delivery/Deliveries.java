package org.etcdmirror.kafka.connect.source.delivery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.kafka.connect.config.ConnectLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands batches from the threads of the mirrors to the worker's thread, and its confirmations back.
 * A batch comes from one call of {@link #next}, so the worker puts it into one transaction. Each
 * mirror has at most one batch here, so nothing piles up. Safe for use by many threads.
 */
public final class Deliveries {

  private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

  /** A worker that waits for its brokers says nothing, and calls its tasks RUNNING. */
  private static final Duration SLOW = Duration.ofMinutes(1);

  private final boolean confirmsBeforeNext;
  private final Duration slow;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Delivery> waiting = new ArrayDeque<>();
  private final List<Delivery> taken = new ArrayList<>();
  private @Nullable ConnectException failure;
  private boolean closed;
  private long commits;

  /**
   * None so far.
   *
   * @param confirmsBeforeNext whether the worker confirms a batch before it asks for the next one,
   *     as it does where each batch is a transaction
   */
  public Deliveries(boolean confirmsBeforeNext) {
    this(confirmsBeforeNext, SLOW);
  }

  /**
   * None so far.
   *
   * @param slow after how long without a confirmation a line of the log says so, and then again
   *     after twice as long
   */
  Deliveries(boolean confirmsBeforeNext, Duration slow) {
    this.confirmsBeforeNext = confirmsBeforeNext;
    this.slow = slow;
  }

  /**
   * Hands records over, and returns when the worker has confirmed each of them.
   *
   * @throws ClosedException if the task ends; whether the records were written is not known then
   * @throws InterruptedException if the thread was interrupted; likewise
   */
  public void deliver(List<SourceRecord> records) throws InterruptedException {
    if (records.isEmpty()) {
      throw new IllegalArgumentException("nothing to deliver");
    }
    Delivery delivery = new Delivery(records);
    lock.lockInterruptibly();
    try {
      requireOpen();
      waiting.add(delivery);
      changed.signalAll();
      try {
        awaitConfirmation(delivery);
      } finally {
        waiting.remove(delivery);
        taken.remove(delivery);
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitConfirmation(Delivery delivery) throws InterruptedException {
    long step = slow.toNanos();
    long left = step;
    long waited = 0;
    while (!delivery.isConfirmed()) {
      requireOpen();
      left = changed.awaitNanos(left);
      if (left <= 0 && !delivery.isConfirmed()) {
        waited += step;
        log.warn(
            ConnectLogEvent.RECORDS_NOT_CONFIRMED.marker(),
            "the worker has {} {} records for topic '{}', and has not confirmed {} of them for {} s;"
                + " look at the brokers and at the transactions of the worker's producers",
            waiting.contains(delivery) ? "not taken" : "taken",
            delivery.records().size(),
            delivery.records().get(0).topic(),
            delivery.missing(),
            Duration.ofNanos(waited).toSeconds());
        step = waited;
        left = step;
      }
    }
  }

  private void requireOpen() {
    if (closed || failure != null) {
      throw new ClosedException("source task");
    }
  }

  /**
   * Refuses to go on after the worker has lost records. The mirrors fail of that, too.
   *
   * @throws ConnectException if it has
   */
  public void requireNothingLost() {
    lock.lock();
    try {
      if (failure != null) {
        throw failure;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next batch for the worker; null if none came in time.
   *
   * @throws ConnectException if the worker lost records that it had taken: nothing goes on then
   */
  public @Nullable List<SourceRecord> next(Duration timeout) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (confirmsBeforeNext && !taken.isEmpty()) {
        fail(
            "the worker asks for the next records, and has not confirmed %d of the last ones: a transform dropped them, or they are not in one transaction; use transaction.boundary=poll, and leave keys out by the prefixes and not by a transform"
                .formatted(taken.get(0).missing()));
      }
      long left = timeout.toNanos();
      while (waiting.isEmpty() && failure == null && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (failure != null) {
        throw failure;
      }
      Delivery delivery = waiting.poll();
      if (delivery == null) {
        return null;
      }
      taken.add(delivery);
      return delivery.records();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The worker is done with a record.
   *
   * @param isWritten whether it is in the topic; false if it was dropped
   */
  public void confirmed(SourceRecord record, boolean isWritten) {
    lock.lock();
    try {
      if (!isWritten) {
        fail(
            "the worker dropped a record for topic '%s': a transform filtered it, or errors.tolerance skipped it; remove that, and leave keys out by the prefixes"
                .formatted(record.topic()));
        return;
      }
      boolean isOfTaken = taken.stream().anyMatch(delivery -> delivery.confirm(record));
      if (isOfTaken && taken.removeIf(Delivery::isConfirmed)) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void fail(String why) {
    if (failure == null) {
      failure = new ConnectException(why);
      changed.signalAll();
    }
  }

  /** The worker has stored offsets. */
  public void committed() {
    lock.lock();
    try {
      commits++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the worker stores offsets once more.
   *
   * @param longest how long at most
   * @throws ClosedException if the task ends
   */
  public void awaitCommit(Duration longest) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long before = commits;
      long left = longest.toNanos();
      while (commits == before && left > 0) {
        requireOpen();
        left = changed.awaitNanos(left);
      }
      requireOpen();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the wait of each thread. Harmless when repeated. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
