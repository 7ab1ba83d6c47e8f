package org.etcdmirror.pairings.matrix;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Servers that cells use one after the other, each alone. Safe for use by many threads. */
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

  Servers(Api api) {
    this.api = api;
  }

  Pair take() {
    Pair pair = idle.poll();
    return pair != null ? pair : new Pair(api.server(), api.server());
  }

  /** Both serve as if nothing had happened. */
  void giveBack(Pair pair) {
    idle.add(pair);
  }

  @Override
  public void close() {
    for (Pair pair = idle.poll(); pair != null; pair = idle.poll()) {
      pair.close();
    }
  }
}
