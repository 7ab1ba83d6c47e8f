package org.etcdmirror.migration;

import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Simulated users of the application, and the hosts that they expect. */
final class Traffic {

  private static final int HOSTS = 40;

  private final Random random;
  private final Map<HostKey, HostState> expected = new TreeMap<>();
  private volatile boolean stopped;

  Traffic(long seed) {
    this.random = new Random(seed);
  }

  /** The expected hosts. */
  Map<HostKey, HostState> expected() {
    return expected;
  }

  /** An action that runs during the traffic. */
  @FunctionalInterface
  interface Meanwhile {
    void run() throws Exception;
  }

  /** Changes the store at least so many times, and until the action is done. */
  void during(Meanwhile meanwhile, PoolStore store, int changes) throws Exception {
    stopped = false;
    CompletableFuture<Void> first = new CompletableFuture<>();
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(store, changes, first));
    try {
      CompletableFuture.anyOf(writer, first).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      meanwhile.run();
    } finally {
      stopped = true;
      join(writer);
    }
  }

  private static void join(CompletableFuture<Void> writer) throws Exception {
    try {
      writer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("the application failed", e);
    }
  }

  private void write(PoolStore store, int changes, CompletableFuture<Void> first) {
    try {
      for (int i = 0; i < changes || !stopped; i++) {
        change(store);
        first.complete(null);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void change(PoolStore store) throws IOException, InterruptedException {
    Pools pools = new Pools(store);
    List<HostKey> hosts = new ArrayList<>(expected.keySet());
    int what = hosts.isEmpty() ? 0 : random.nextInt(8);
    if (what < 3) {
      HostKey added = HostKey.parse("eqiad/appserver/nginx/mw" + random.nextInt(HOSTS));
      HostState state = new HostState(random.nextInt(100), "inactive");
      store.write(added, state);
      expected.put(added, state);
      return;
    }
    HostKey known = hosts.get(random.nextInt(hosts.size()));
    if (what == 3) {
      store.remove(known);
      expected.remove(known);
    } else if (what < 6) {
      pools.pool(known);
      expected.computeIfPresent(known, (key, state) -> state.withPooled("yes"));
    } else {
      pools.depool(known);
      expected.computeIfPresent(known, (key, state) -> state.withPooled("no"));
    }
  }
}
