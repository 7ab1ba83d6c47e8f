package org.etcdmirror.service.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.service.config.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * Answers clients that wait until the sink holds an index. One thread looks after all of them, so
 * that a client that waits holds its connection but no thread of the server. It starts with the
 * first client.
 */
final class IndexWaits implements AutoCloseable {

  /** Half of the connections of the server, so that the other pages still answer. */
  static final int MOST = 32;

  /** How long a client may wait for an answer that no new index has led to. */
  private static final Duration TICK = Duration.ofMillis(100);

  /** Waits for an index, as {@code EtcdMirror.await} does. */
  @FunctionalInterface
  interface Indexes {

    /** Returns whether the sink holds the index when the time is over. */
    boolean await(long index, Duration timeout) throws InterruptedException;
  }

  private record Waiting(
      WaitRequest request, long beganNanos, CompletableFuture<StatusReply> reply) {

    boolean isOver() {
      return System.nanoTime() - beganNanos >= request.timeout().toNanos();
    }
  }

  private final String base;
  private final Indexes indexes;
  private final Supplier<MirrorStatus> status;

  /** The clients that may still wait. */
  private final Semaphore places;

  private final List<Waiting> waiting = new ArrayList<>();
  private final Thread thread = new Thread(this::look, "status-await");
  private boolean closed;

  IndexWaits(Indexes indexes, Supplier<MirrorStatus> status) {
    this("", indexes, status, new Semaphore(MOST));
  }

  /**
   * Waits for one of several mirrors.
   *
   * @param base what stands before the path of an action
   * @param places as many as clients may wait for all mirrors together
   */
  IndexWaits(String base, Indexes indexes, Supplier<MirrorStatus> status, Semaphore places) {
    this.base = base;
    this.indexes = indexes;
    this.status = status;
    this.places = places;
    thread.setDaemon(true);
  }

  /**
   * Answers a request, now or later.
   *
   * @param parameters the parameters of the query
   */
  CompletableFuture<StatusReply> ask(Map<String, String> parameters) {
    WaitRequest request;
    try {
      request = WaitRequest.of(parameters);
    } catch (UsageException e) {
      return CompletableFuture.completedFuture(
          StatusReply.text(400, String.valueOf(e.getMessage())));
    }
    Waiting one = new Waiting(request, System.nanoTime(), new CompletableFuture<>());
    answer(one);
    if (!one.reply().isDone() && !add(one)) {
      one.reply().complete(StatusReply.text(503, MOST + " clients wait already; ask again later"));
    }
    return one.reply();
  }

  private synchronized boolean add(Waiting one) {
    if (closed) {
      one.reply().complete(stopping());
    } else if (!places.tryAcquire()) {
      return false;
    } else {
      waiting.add(one);
      if (thread.getState() == Thread.State.NEW) {
        thread.start();
      }
      notifyAll();
    }
    return true;
  }

  private void look() {
    try {
      while (true) {
        // The lowest index is reached first.
        indexes.await(lowest(), TICK);
        List<Waiting> all = all();
        all.forEach(this::answer);
        all.removeIf(one -> !one.reply().isDone());
        remove(all);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Returns the lowest index that a client waits for. Waits for the first client. */
  private synchronized long lowest() throws InterruptedException {
    while (waiting.isEmpty()) {
      wait();
    }
    return waiting.stream().mapToLong(one -> one.request().index()).min().orElseThrow();
  }

  private synchronized List<Waiting> all() {
    return new ArrayList<>(waiting);
  }

  private synchronized void remove(List<Waiting> answered) {
    int before = waiting.size();
    waiting.removeAll(answered);
    places.release(before - waiting.size());
  }

  /** Answers a client if there is something to say. */
  private void answer(Waiting one) {
    try {
      StatusReply reply = reply(one);
      if (reply != null) {
        one.reply().complete(reply);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      one.reply().complete(stopping());
    } catch (RuntimeException e) {
      one.reply().completeExceptionally(e);
    }
  }

  private @Nullable StatusReply reply(Waiting one) throws InterruptedException {
    long index = one.request().index();
    boolean held = indexes.await(index, Duration.ZERO);
    MirrorStatus now = status.get();
    if (held) {
      return StatusReply.held(now);
    }
    return switch (now.state()) {
      case FAILED, BLOCKED -> StatusReply.notHeld(409, index, now, base);
      case STOPPING, STOPPED -> stopping();
      default -> one.isOver() ? StatusReply.notHeld(504, index, now, base) : null;
    };
  }

  private static StatusReply stopping() {
    return StatusReply.text(503, "the service is stopping");
  }

  /** Answers all who wait. */
  @Override
  public void close() {
    thread.interrupt();
    List<Waiting> left;
    synchronized (this) {
      closed = true;
      left = all();
    }
    for (Waiting one : left) {
      answer(one);
      one.reply().complete(stopping());
    }
    remove(left);
  }
}
