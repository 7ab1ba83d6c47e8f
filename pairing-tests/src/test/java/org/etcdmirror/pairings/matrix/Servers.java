package org.etcdmirror.pairings.matrix;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Servers that cells use one after the other, each alone. They end when no cell needs them any
 * more. Safe for use by many threads.
 */
final class Servers implements AutoCloseable {

  /** A source and a sink. */
  record Pair(Server source, Server sink) implements AutoCloseable {

    @Override
    public void close() {
      source.close();
      sink.close();
    }
  }

  private final Api api;
  private final Queue<Pair> idle = new ConcurrentLinkedQueue<>();
  private final AtomicInteger untaken;

  /** For so many cells. */
  Servers(Api api, long cells) {
    this.api = api;
    this.untaken = new AtomicInteger((int) cells);
  }

  Pair take() {
    Pair pair = idle.poll();
    if (untaken.decrementAndGet() == 0) {
      close();
    }
    return pair != null ? pair : new Pair(api.server(), api.server());
  }

  /** Both serve as if nothing had happened. */
  void giveBack(Pair pair) {
    idle.add(pair);
    if (untaken.get() <= 0) {
      close();
    }
  }

  @Override
  public void close() {
    for (Pair pair = idle.poll(); pair != null; pair = idle.poll()) {
      pair.close();
    }
  }
}
