package org.etcdmirror.pairings.matrix;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Servers that cells use one after the other, each alone. Safe for use by many threads. */
final class Servers implements AutoCloseable {

  /** A source and a sink. */
  record Pair(V3Server source, V3Server sink) implements AutoCloseable {

    @Override
    public void close() {
      source.close();
      sink.close();
    }
  }

  private final Queue<Pair> idle = new ConcurrentLinkedQueue<>();

  Pair take() {
    Pair pair = idle.poll();
    return pair != null ? pair : new Pair(new V3Server(), new V3Server());
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
