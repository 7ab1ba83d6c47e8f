package org.etcdmirror.simulation.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.etcdmirror.simulation.model.V2Refusal.Kind;

/**
 * A member of a v2 cluster: a store of its own, which it brings up to its cluster's log a little
 * later. Reads without a quorum, and watches, see that store.
 */
public final class V2Member implements Member {

  /** etcd gives up after 5 s and two election times. What was asked for may still be done. */
  private static final long REQUEST_TIME = 7_000_000_000L;

  /** A member that is further behind is given its leader's snapshot. */
  private static final int LONGEST_LOG = 5_000;

  /** What becomes of a watch whose client sends nothing more. */
  public enum HalfClose {
    /** It is ended in good order, by etcd itself. */
    ANSWERED,
    /** A proxy ends the connection. */
    CUT,
    /** A proxy keeps it to itself. */
    IGNORED
  }

  /** Takes the first answer only. */
  private static final class Once implements Consumer<V2Reply> {

    private final Consumer<V2Reply> answer;
    private boolean answered;

    Once(Consumer<V2Reply> answer) {
      this.answer = answer;
    }

    @Override
    public void accept(V2Reply reply) {
      if (!answered) {
        answered = true;
        answer.accept(reply);
      }
    }
  }

  private final Network network;
  private final V2Cluster cluster;
  private final int number;
  private final List<V2Exchange> exchanges = new ArrayList<>();

  /** What was decided while the member was cut off. */
  private final List<V2Entry> backlog = new ArrayList<>();

  private V2Store store;
  private long lastApply;
  private long lag = 2_000_000;
  private boolean down;
  private boolean cutOff;
  private HalfClose onHalfClose = HalfClose.ANSWERED;
  private int installs;

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

  @Override
  public void lag(long most) {
    lag = most;
  }

  /** Sets what stands between it and its clients. */
  public void onHalfClose(HalfClose answer) {
    onHalfClose = answer;
  }

  HalfClose onHalfClose() {
    return onHalfClose;
  }

  @Override
  public void down(boolean isDown) {
    down = isDown;
    if (isDown) {
      cutAll();
    }
  }

  /** A member that is cut off from the others answers its clients, and learns nothing. */
  public void cutOff(boolean isCutOff) {
    cutOff = isCutOff;
    if (!isCutOff) {
      catchUp();
    }
  }

  private void catchUp() {
    int behind = backlog.stream().mapToInt(entry -> entry.requests().size()).sum();
    if (behind > LONGEST_LOG) {
      network.scheduler().note("snapshot for " + this);
      backlog.clear();
      installs++;
      store.install(cluster.store());
    }
    List<V2Entry> missed = List.copyOf(backlog);
    backlog.clear();
    missed.forEach(this::willApply);
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
    backlog.clear();
    store = cluster.store().copy();
  }

  /** Applies an entry of the log, after those before it. */
  void willApply(V2Entry entry) {
    if (cutOff) {
      backlog.add(entry);
      return;
    }
    int restores = cluster.restores();
    int before = installs;
    long due = network.scheduler().after((long) (network.random().nextDouble() * lag));
    lastApply = Math.max(due, lastApply);
    network.later(
        lastApply - network.scheduler().now(),
        () -> {
          if (cluster.restores() == restores && installs == before) {
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
    Consumer<V2Reply> first = new Once(answer);
    if (!cutOff) {
      cluster.ofClient(this, request, first);
    }
    network.later(REQUEST_TIME, () -> first.accept(timedOut()));
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
