package org.etcdmirror.pairings;

import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one application that writes below {@code /conf}, until it is closed. Each of its values is
 * written once, so that a value identifies its write; the {@link History} has all of them.
 */
final class RecordingWriter implements AutoCloseable {

  private static final int KEYS = 10;

  /** Some hundred writes a second: more would only make the machine busy. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  private final Keyspace keys;
  private final History history;
  private final Random random;
  private final Thread thread = new Thread(this::write, "recording-writer");
  private final Semaphore written = new Semaphore(0);
  private final Semaphore turn = new Semaphore(1, true);
  private volatile boolean stopped;
  private int values;

  RecordingWriter(Keyspace keys, History history, long seed) {
    this.keys = keys;
    this.history = history;
    this.random = new Random(seed);
    thread.start();
  }

  private void write() {
    while (!stopped) {
      turn.acquireUninterruptibly();
      try {
        writeOne();
      } finally {
        turn.release();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void writeOne() {
    String directory = "/conf/" + "abc".charAt(random.nextInt(3));
    if (random.nextInt(30) == 0) {
      deleteTree(directory);
    } else {
      String key = directory + "/leaf " + random.nextInt(KEYS);
      write(key, random.nextInt(4) == 0 ? null : "v" + values++);
    }
  }

  private void deleteTree(String directory) {
    try {
      history.deletedTree(directory, keys.deleteTree(directory));
      written.release();
    } catch (RuntimeException e) {
      history.mayHaveDeletedTree(directory);
    }
  }

  private void write(String key, @Nullable String value) {
    try {
      long index = keys.write(key, value);
      history.wrote(key, value, index);
      written.release();
    } catch (RuntimeException e) {
      // As while a new leader is elected.
      history.mayHaveWritten(key, value);
    }
  }

  /** When this returns, nothing is under way, and nothing comes before {@link #goOn}. */
  void hold() throws InterruptedException {
    turn.acquire();
  }

  /** Ends {@link #hold}. */
  void goOn() {
    turn.release();
  }

  /** Waits until this many more writes are answered. */
  void awaitWrites(int count) throws InterruptedException {
    written.drainPermits();
    if (!written.tryAcquire(count, 3, TimeUnit.MINUTES)) {
      throw new IllegalStateException("the writer stands still");
    }
  }

  /** When this returns, nothing more is sent. */
  @Override
  public void close() throws InterruptedException {
    stopped = true;
    thread.join();
  }
}
