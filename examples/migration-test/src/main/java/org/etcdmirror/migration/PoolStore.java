package org.etcdmirror.migration;

import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Stores the hosts, and hides etcd from the application: a move from v2 to v3 only needs another
 * address. Safe for use by many threads.
 */
public interface PoolStore {

  /**
   * A state of a host, with its version.
   *
   * @param state the state
   * @param version v2's {@code modifiedIndex}, v3's {@code mod_revision}: for the store that it
   *     comes from, and never for the other one. A mirror copies values, not versions
   */
  record Versioned(HostState state, long version) {}

  /**
   * The store at an address.
   *
   * @param address {@code v2:http://HOST:PORT} or {@code v3:http://HOST:PORT}
   */
  static PoolStore at(String address) {
    JsonHttp http = new JsonHttp(address.substring(address.indexOf(':') + 1));
    if (address.startsWith("v2:")) {
      return new V2PoolStore(http);
    } else if (address.startsWith("v3:")) {
      return new V3PoolStore(http);
    }
    throw new IllegalArgumentException("'" + address + "' begins with neither v2: nor v3:");
  }

  /** All hosts. */
  SortedMap<HostKey, HostState> readAll() throws IOException, InterruptedException;

  /** One host; empty if there is none. */
  Optional<Versioned> read(HostKey key) throws IOException, InterruptedException;

  /** Makes a host, or replaces its state whatever it was. */
  void write(HostKey key, HostState state) throws IOException, InterruptedException;

  /**
   * Replaces the state of a host if it is still the one that was read.
   *
   * @return false if it is not, or the host is gone
   */
  boolean replace(HostKey key, HostState state, long version)
      throws IOException, InterruptedException;

  /** Removes a host; harmless if there is none. */
  void remove(HostKey key) throws IOException, InterruptedException;
}
