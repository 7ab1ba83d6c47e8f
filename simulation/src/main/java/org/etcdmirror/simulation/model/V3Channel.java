package org.etcdmirror.simulation.model;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.jspecify.annotations.Nullable;

/** A channel of one process to one member. Answers come on a thread of its own. */
final class V3Channel extends ManagedChannel {

  private final Network network;
  private final SimulatedProcess process;
  private final String authority;
  private final List<V3Call<?, ?>> calls = new ArrayList<>();
  private @Nullable Agenda answers;
  private boolean shutdown;

  V3Channel(Network network, SimulatedProcess process, String authority) {
    this.network = network;
    this.process = process;
    this.authority = authority;
  }

  @Override
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    return new V3Call<>(network, this, method, options);
  }

  V3Member member() {
    return network.v3(authority);
  }

  SimulatedProcess process() {
    return process;
  }

  /** Does something on the thread of the answers. */
  void deliver(long due, Runnable task) {
    Agenda known = answers;
    if (known == null) {
      known = new Agenda(network.scheduler(), process, "grpc-" + authority);
      answers = known;
    }
    known.at(due, task);
  }

  void add(V3Call<?, ?> call) {
    calls.add(call);
  }

  void remove(V3Call<?, ?> call) {
    calls.remove(call);
    endIfIdle();
  }

  private void endIfIdle() {
    Agenda known = answers;
    if (shutdown && calls.isEmpty() && known != null) {
      known.end();
    }
  }

  /** Whether the process has ended, or has closed the channel. */
  boolean isGone() {
    return isDead() || shutdown;
  }

  boolean isDead() {
    return process.isKilled();
  }

  @Override
  public ManagedChannel shutdown() {
    shutdown = true;
    endIfIdle();
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    shutdown = true;
    for (V3Call<?, ?> call : List.copyOf(calls)) {
      call.endLocally(Status.UNAVAILABLE.withDescription("Channel shutdownNow invoked"));
    }
    endIfIdle();
    return this;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && calls.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }

  @Override
  public ConnectivityState getState(boolean connect) {
    return ConnectivityState.READY;
  }

  @Override
  public void resetConnectBackoff() {}

  @Override
  public String authority() {
    return authority;
  }
}
