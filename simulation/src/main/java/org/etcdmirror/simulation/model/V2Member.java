package org.etcdmirror.simulation.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.etcdmirror.simulation.model.V2Refusal.Kind;

/**
 * A member of a v2 cluster: a store of its own, which it brings up to its cluster's log a little
 * later. Reads without a quorum, and watches, see that store.
 */
public final class V2Member {

  /** etcd gives up after 5 s and two election times. What was asked for may still be done. */
  private static final long REQUEST_TIME = 7_000_000_000L;

  private final Network network;
  private final V2Cluster cluster;
  private final int number;
  private final List<V2Exchange> exchanges = new ArrayList<>();
  private V2Store store;
  private long lastApply;
  private long lag = 2_000_000;
  private boolean down;

  V2Member(Network network, V2Cluster cluster, int number) {
    this.network = network;
    this.cluster = cluster;
    this.number = number;
    this.store = cluster.store().copy();
  }

  V2Store store() {
    return store;
  }

  V2Cluster cluster() {
    return cluster;
  }

  /** Sets how late it applies what the cluster has written, at most; in nanoseconds. */
  public void lag(long most) {
    lag = most;
  }

  /** A member that is down refuses connections; those that there are break. */
  public void down(boolean isDown) {
    down = isDown;
    if (isDown) {
      cutAll();
    }
  }

  boolean isDown() {
    return down;
  }

  private void cutAll() {
    List.copyOf(exchanges).forEach(V2Exchange::cut);
    exchanges.clear();
  }

  void add(V2Exchange exchange) {
    exchanges.add(exchange);
  }

  void remove(V2Exchange exchange) {
    exchanges.remove(exchange);
  }

  /** The cluster is another one, or an older one. */
  void restarted() {
    cutAll();
    store = cluster.store().copy();
  }

  /** Applies an entry of the log, after those before it. */
  void willApply(V2Entry entry) {
    int restores = cluster.restores();
    long due = network.scheduler().after((long) (network.random().nextDouble() * lag));
    lastApply = Math.max(due, lastApply);
    network.later(
        lastApply - network.scheduler().now(),
        () -> {
          if (cluster.restores() == restores) {
            entry.applyTo(this);
          }
        });
  }

  /** Lets the handlers of watches run, as another processor would. */
  void letHandlersRun() {
    List.copyOf(exchanges).forEach(V2Exchange::handle);
  }

  /** Carries out a request that is no watch, and gives the answer when there is one. */
  void carryOut(V2Request request, Consumer<V2Reply> answer) {
    if (!request.isProposed()) {
      answer.accept(store.answer(request));
      return;
    }
    boolean[] answered = {false};
    cluster.ofClient(
        this,
        request,
        reply -> {
          if (!answered[0]) {
            answered[0] = true;
            answer.accept(reply);
          }
        });
    network.later(
        REQUEST_TIME,
        () -> {
          if (!answered[0]) {
            answered[0] = true;
            answer.accept(timedOut());
          }
        });
  }

  /** The answer of a server that heard nothing from its cluster. */
  V2Reply timedOut() {
    return new V2Refusal(Kind.RAFT_INTERNAL, "etcdserver: request timed out", store.index())
        .reply();
  }

  @Override
  public String toString() {
    return "member %d of %s at %d".formatted(number, cluster.idText(), store.index());
  }
}
