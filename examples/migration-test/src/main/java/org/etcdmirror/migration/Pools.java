package org.etcdmirror.migration;

import java.io.IOException;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The application: changes to pools, the same on either store. */
public final class Pools {

  private final PoolStore store;

  /** Pools in this store. */
  public Pools(PoolStore store) {
    this.store = store;
  }

  /** Gives a host its traffic. */
  public void pool(HostKey key) throws IOException, InterruptedException {
    change(key, state -> state.withPooled("yes"));
  }

  /** Takes a host's traffic away. */
  public void depool(HostKey key) throws IOException, InterruptedException {
    change(key, state -> state.withPooled("no"));
  }

  /**
   * Changes one host, and nothing that another client changes meanwhile.
   *
   * @throws NoSuchElementException if there is no such host
   */
  public void change(HostKey key, UnaryOperator<HostState> change)
      throws IOException, InterruptedException {
    boolean done = false;
    while (!done) {
      Optional<PoolStore.Versioned> old = store.read(key);
      if (old.isEmpty()) {
        throw new NoSuchElementException("there is no host " + key);
      }
      done = store.replace(key, change.apply(old.get().state()), old.get().version());
    }
  }

  /** {@code ADDRESS list}, or {@code ADDRESS pool|depool DC/CLUSTER/SERVICE/HOST}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    PoolStore store = PoolStore.at(args[0]);
    Pools pools = new Pools(store);
    switch (args[1]) {
      case "pool" -> pools.pool(HostKey.parse(args[2]));
      case "depool" -> pools.depool(HostKey.parse(args[2]));
      case "list" -> {
        for (Map.Entry<HostKey, HostState> host : store.readAll().entrySet()) {
          System.out.println(host.getKey() + " " + host.getValue().json());
        }
      }
      default -> throw new IllegalArgumentException("'" + args[1] + "' is no command");
    }
  }
}
